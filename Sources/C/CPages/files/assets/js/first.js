// Runs before the first paint, so that a chosen theme does not flash the other one.
try {
    const theme = localStorage.getItem('stoa.theme');
    if (theme) document.documentElement.dataset.theme = theme;
} catch { /* no storage: the system's theme */ }
