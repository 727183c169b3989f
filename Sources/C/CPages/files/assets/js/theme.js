// Light, dark, or as the system says until one chooses.

export function toggleTheme() {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
    try { localStorage.setItem('stoa.theme', root.dataset.theme); } catch { /* for this page only */ }
}
