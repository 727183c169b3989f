// Elements from data. Text always goes in as text: nothing here parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** `h('button', { class: 'quiet', onclick: run, 'aria-label': 'Close' }, icon('close'))` */
export function h(tag, props, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props ?? {})) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === 'function') element.addEventListener(name.slice(2), value);
        else if (name === 'class') element.className = value;
        else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat(2).filter(isShown));
    return element;
}

const isShown = child => child !== null && child !== undefined && child !== false;

/** Like `replaceChildren`, leaving out what is not there. */
export const fill = (element, ...children) => element.replaceChildren(...children.flat(2).filter(isShown));

/** 16-pixel line drawings. */
const PATHS = {
    add: 'M8 3v10M3 8h10',
    back: 'M10 3 5 8l5 5',
    bell: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.8 14h2.4',
    chart: 'M4 3v2M4 10v2.5M3 5h2v5H3zM8 2v2.5M8 8v2.5M7 4.5h2V8H7zM12 5v2M12 11v2.5M11 7h2v4h-2z',
    check: 'm3 8.5 3.5 3.5L13 4.5',
    close: 'm4 4 8 8M12 4l-8 8',
    copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
    document: 'M4 2h5.5L12 4.5V14H4zM9.5 2v2.5H12M6 8h4M6 10.5h4',
    down: 'm4 6 4 4 4-4',
    download: 'M8 2.5V10M4.5 7 8 10.5 11.5 7M3 13.5h10',
    drag: 'M6 3.5v.01M10 3.5v.01M6 8v.01M10 8v.01M6 12.5v.01M10 12.5v.01',
    edit: 'm3 13 .6-2.8L10.9 3 13 5.1l-7.2 7.3z',
    flag: 'M4 14V2.5h8L10 6l2 3.5H4',
    hide: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13 13 3',
    invite: 'M6.5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M12.5 5v5M10 7.5h5',
    keys: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.5h6',
    leave: 'M9.5 13.5h-6v-11h6M6.5 8H14M11.5 5.5 14 8l-2.5 2.5',
    link: 'M6.5 9.5 9.5 6.5M7 4.5 8.5 3a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7',
    lock: 'M4 7.5h8V13H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3',
    mail: 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
    more: 'M3 7.5h1v1H3zM7.5 7.5h1v1h-1zM12 7.5h1v1h-1z',
    minus: 'M3 8h10',
    medal: 'M8 9.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5.8 8.8 4.5 14 8 12.2l3.5 1.8-1.3-5.2',
    moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
    people: 'M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM2 13c0-2.3 1.7-3.6 4-3.6s4 1.3 4 3.6M10.5 7.5a2 2 0 1 0-.6-3.9M11.5 9.6c1.6.3 2.6 1.6 2.6 3.4',
    pin: 'M9.5 2.5 13.5 6.5 11 7.5 8.5 10 8 12.5 3.5 8 6 7.5 8.5 5zM5.7 10.3 2.5 13.5',
    question: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M8 12.5v.01',
    reply: 'M6.5 3.5 2.5 7.5l4 4M2.5 7.5h6a5 5 0 0 1 5 5',
    search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
    send: 'M2.5 13.5 14 8 2.5 2.5 4 8zM4 8h5',
    settings: 'M2.5 4.5h7M12.5 4.5h1M11 3v3M2.5 11.5h1M6.5 11.5h7M5 10v3',
    smile: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.5 9.5c.5 1.2 1.4 1.8 2.5 1.8s2-.6 2.5-1.8M6 6.5h.01M10 6.5h.01',
    stoa: 'M2 6 8 2.5 14 6M2.5 6h11M4 6.5v6M8 6.5v6M12 6.5v6M2 13.5h12',
    sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
    thread: 'M2.5 3h11v7.5H7L4 13.5v-3H2.5zM5.5 6h5M5.5 8h3',
    wallet: 'M2.5 4.5h10v-2h-8.5a1.5 1.5 0 0 0-1.5 1.5v8a1.5 1.5 0 0 0 1.5 1.5h9.5v-9M10.5 8.5h3v2h-3z',
    trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
    up: 'm4 10 4-4 4 4',
};

export function icon(name) {
    const svg = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');
    for (const [key, value] of [['viewBox', '0 0 16 16'], ['class', 'icon'], ['aria-hidden', 'true']]) svg.setAttribute(key, value);
    path.setAttribute('d', PATHS[name]);
    svg.append(path);
    return svg;
}

/** A button that shows only a drawing; its name is for screen readers and the tooltip. */
export function iconButton(name, label, run, props = {}) {
    return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick: run, ...props }, icon(name));
}

export const button = (label, run, look = '') => h('button', { type: 'button', class: `button ${look}`, onclick: run }, label);

/**
 * Makes `container` show `rows` ({ key, mark, build }), touching only rows whose mark changed. Everything else keeps
 * its element, and with it focus, selection and scroll.
 */
export function reconcile(container, rows) {
    const old = new Map([...container.children].map(child => [child.rowKey, child]));
    let next = container.firstElementChild;
    for (const row of rows) {
        let element = old.get(row.key);
        if (element && element.rowMark === row.mark) old.delete(row.key);
        else {
            const hadFocus = element?.contains(document.activeElement);
            const fresh = row.build();
            Object.assign(fresh, { rowKey: row.key, rowMark: row.mark });
            if (element) {
                if (next === element) next = element.nextElementSibling;
                element.remove();
                old.delete(row.key);
            }
            element = fresh;
            container.insertBefore(element, next);
            if (hadFocus) element.focus({ preventScroll: true });
            continue;
        }
        if (element === next) next = next.nextElementSibling;
        else container.insertBefore(element, next);
    }
    for (const element of old.values()) element.remove();
}

/** Reads a message out without moving anything. */
export function announce(text) {
    document.getElementById('announcer').textContent = text;
}
