// Times, names and numbers as people read them.

const clock = new Intl.DateTimeFormat([], { hour: 'numeric', minute: '2-digit' });
const exact = new Intl.DateTimeFormat([], { dateStyle: 'full', timeStyle: 'medium' });
const weekday = new Intl.DateTimeFormat([], { weekday: 'long', day: 'numeric', month: 'long' });
const dated = new Intl.DateTimeFormat([], { day: 'numeric', month: 'long', year: 'numeric' });
const short = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' });

export const timeOf = at => clock.format(at);
export const exactTime = at => exact.format(at);
export const dayKey = at => new Date(at).toDateString();

export function dayName(at) {
    const now = Date.now();
    if (dayKey(at) === dayKey(now)) return 'Today';
    if (dayKey(at) === dayKey(now - 86_400_000)) return 'Yesterday';
    return (now - at < 300 * 86_400_000 ? weekday : dated).format(at);
}

/** For lists: the hour today, else the day. */
export const shortTime = at => dayKey(at) === dayKey(Date.now()) ? clock.format(at) : short.format(at);

export function ago(at) {
    const minutes = Math.floor((Date.now() - at) / 60_000);
    if (minutes < 1) return 'just now';
    if (minutes < 60) return `${minutes} min ago`;
    if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ago`;
    return minutes < 43_200 ? `${Math.floor(minutes / 1_440)} d ago` : short.format(at);
}

/** How long ago, shortly: 3 s, 5 min, 2 h, 4 d. */
export function ageText(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
    return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

export function lasting(ms) {
    const seconds = Math.ceil(ms / 1_000);
    if (seconds < 60) return `${seconds} s`;
    return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

/** For one line of few words: names may be long. */
export const shortened = (text, most = 32) => text.length > most ? `${[...text].slice(0, most - 1).join('').trimEnd()}…` : text;
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;
export const badge = n => n > 99 ? '99+' : String(n);

/** "Ann", "Ann and Bob", "Ann, Bob and Cy", "Ann, Bob and 3 others" */
export function nameList(names, most = 3) {
    const shown = names.length > most ? names.slice(0, most - 1) : names;
    const rest = names.length - shown.length;
    const all = rest ? [...shown, `${rest} others`] : shown;
    return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

export function initials(name) {
    const words = name.trim().split(/\s+/).filter(Boolean);
    const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
    return letters.map(word => [...word][0]).join('').toLocaleUpperCase() || '?';
}

/** One of eight colours, always the same for the same id. */
export function toneOf(id) {
    let hash = 0x811c9dc5;
    for (const char of id) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
    return (hash ^ hash >>> 13 ^ hash >>> 22) & 7;
}
