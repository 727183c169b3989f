// What lies over the page: popovers, menus, dialogs, toasts. Escape closes each and focus goes back where it came from.

import { h, fill, icon, iconButton, button } from './dom.js';

/** Puts `content` beside `anchor` (an element, or a point { x, y }) and returns the function that closes it. */
export function openPopover(anchor, content) {
    const back = document.activeElement;
    // Under a finger that is still down, `auto` would close as soon as it lifts.
    const isHeld = !anchor.getBoundingClientRect;
    const shell = h('div', { class: 'popover', popover: isHeld ? 'manual' : 'auto' }, content);
    // Within an open dialog: whatever is outside of it is inert.
    (anchor.closest?.('dialog') ?? document.body).append(shell);
    let isClosed = false;
    let from = null;
    const close = () => {
        if (isClosed) return;
        isClosed = true;
        removeEventListener('resize', place);
        shell.remove();
        if (back?.isConnected && (document.activeElement === document.body || !document.activeElement)) back.focus({ preventScroll: true });
    };
    shell.addEventListener('toggle', event => { if (event.newState === 'closed') close(); });
    shell.showPopover();
    if (isHeld) closeFromOutside(shell, close);
    function place() {
        // What it stands beside may be out of sight by now: then it stays where that was.
        if (!from || anchor.checkVisibility?.()) from = anchor.getBoundingClientRect?.() ?? { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
        const box = shell.getBoundingClientRect();
        const below = from.bottom + 4 + box.height <= innerHeight;
        const top = below ? from.bottom + 4 : Math.max(8, from.top - box.height - 4);
        const left = Math.max(8, Math.min(from.right - box.width < 8 ? from.left : from.right - box.width, innerWidth - box.width - 8));
        Object.assign(shell.style, { top: `${top}px`, left: `${left}px` });
    }
    place();
    addEventListener('resize', place);
    return close;
}

function closeFromOutside(shell, close) {
    const look = event => {
        if (event.type === 'keydown' ? event.key !== 'Escape' : shell.contains(event.target)) return;
        close();
        for (const type of ['pointerdown', 'keydown']) document.removeEventListener(type, look, true);
    };
    for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, look, true);
}

/** `items`: { label, run, icon?, isDanger?, isChecked? }, or null for a line between groups. */
export function openMenu(anchor, label, items) {
    const list = h('div', { class: 'menu', role: 'menu', 'aria-label': label }, items.map(item => item
        ? h('button', {
            type: 'button', tabindex: '-1', class: item.isDanger ? 'menu-item is-danger' : 'menu-item',
            role: item.isChecked === undefined ? 'menuitem' : 'menuitemradio',
            'aria-checked': item.isChecked === undefined ? null : String(item.isChecked),
            onclick: () => { close(); item.run(); },
        }, item.icon ? icon(item.icon) : null, h('span', null, item.label))
        : h('hr')));
    const close = openPopover(anchor, list);
    const buttons = [...list.querySelectorAll('button')];
    list.addEventListener('keydown', event => {
        const at = buttons.indexOf(document.activeElement);
        const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
        if (event.key === 'Tab') close();
        if (next === undefined) return;
        event.preventDefault();
        buttons.at(next % buttons.length).focus();
    });
    buttons[0]?.focus();
}

/** A form whose `save` throws this stays open as it is: the person thought better of it. */
export const STAY = Symbol('stay');

let dialogs = 0;

/** A modal dialog. `build(close)` returns its content; the promise resolves when it is gone. */
export function openDialog(title, build, { wide = false } = {}) {
    return new Promise(resolve => {
        const back = document.activeElement;
        // One may lie over another.
        const id = `dialog-title-${++dialogs}`;
        const dialog = h('dialog', { class: wide ? 'dialog is-wide' : 'dialog', 'aria-labelledby': id });
        const close = value => { dialog.returned = value; dialog.close(); };
        dialog.append(
            h('header', { class: 'dialog-head' }, h('h2', { id }, title), iconButton('close', 'Close', () => close())),
            h('div', { class: 'dialog-body' }, build(close, dialog)));
        dialog.addEventListener('click', event => { if (event.target === dialog) close(); });
        dialog.addEventListener('close', () => {
            const shelf = dialog.querySelector('#toasts');
            if (shelf) document.body.append(shelf);
            dialog.remove();
            if (back?.isConnected) back.focus({ preventScroll: true });
            resolve(dialog.returned);
        });
        document.body.append(dialog);
        dialog.showModal();
        const first = dialog.querySelector('[autofocus]');
        first?.focus();
        // What stands there already is meant to be replaced.
        first?.select?.();
    });
}

/**
 * A form in a dialog: `save(values, say)` may throw; then its sentence is shown, at the field that it names, and the form stays.
 * What takes a while says meanwhile what it does: `say(text, countdown)` answers whether the form is still there.
 *
 * `controls` says under which name in the form a field of the wire is, where that differs.
 */
export function openForm(title, { fields, submit, save, note, isDanger, controls = {} }) {
    return openDialog(title, close => {
        const problem = h('p', { class: 'problem', role: 'alert' });
        const [words, left] = [h('span'), h('span', { 'aria-hidden': 'true' })];
        const progress = h('p', { class: 'note', role: 'status', hidden: true }, words, left);
        const say = (text, countdown = '') => {
            // What counts down is for the eyes: words that are the same are not read out anew.
            if (words.textContent !== text) fill(words, text);
            fill(left, countdown);
            progress.hidden = !text;
            return form.isConnected;
        };
        const ok = h('button', { type: 'submit', class: `button ${isDanger ? 'is-danger' : 'is-primary'}` }, submit);
        const run = async event => {
            event.preventDefault();
            ok.disabled = true;
            for (const one of form.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
            end.before(problem);
            try {
                close(await save(Object.fromEntries(new FormData(form)), say) ?? true);
            } catch (error) {
                if (error !== STAY) blame(form, problem, controls, error.field);
                fill(problem, error === STAY ? null : sentence(error));
                problem.scrollIntoView({ block: 'nearest' });
            } finally {
                ok.disabled = false;
                say('');
            }
        };
        const end = h('div', { class: 'form-end' }, progress, button('Cancel', () => close()), ok);
        const form = h('form', { class: 'form', onsubmit: run }, note ? h('p', { class: 'note' }, note) : null, fields ?? null, problem, end);
        return form;
    });
}

/** Leads to the field that was refused: `gate.all[0].nft` is part of `gate`. */
function blame(form, problem, controls, name) {
    const first = name?.split(/[.[]/)[0];
    const control = form.elements[controls[first] ?? first];
    if (!control?.setAttribute) return;
    problem.id ||= `problem-${dialogs}`;
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', problem.id);
    // Beside the field: in a long form on a small screen the end of it is out of sight.
    control.closest('.labelled')?.after(problem);
    control.focus();
}

export function field(label, name, props = {}, note) {
    const { tag = 'input', options, ...rest } = props;
    if (tag === 'select') delete rest.value;
    const control = h(tag, { class: 'field', name, ...rest }, (options ?? []).map(([value, text]) =>
        h('option', { value, selected: value === props.value }, text)));
    return h('label', { class: 'labelled' }, h('span', null, label), control, note ? h('small', null, note) : null);
}

/** What happened, in words, with what support would ask for. */
export const sentence = error => error?.request_id ? `${error.message} (${error.request_id})` : error?.message ?? 'Something went wrong.';

export function toast(text, { action, run, isProblem } = {}) {
    let shelf = document.getElementById('toasts');
    shelf ??= h('div', { id: 'toasts', class: 'toasts', role: 'status', 'aria-live': 'polite' });
    // Within the dialog that lies on top: whatever is outside of it is dimmed, and heard and clicked by nobody.
    const ground = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    if (shelf.parentElement !== ground) ground.append(shelf);
    const note = h('div', { class: isProblem ? 'toast is-problem' : 'toast' }, h('span', null, text),
        action ? button(action, () => { note.remove(); run(); }, 'is-quiet') : null, iconButton('close', 'Dismiss', () => note.remove()));
    shelf.append(note);
    while (shelf.children.length > 3) shelf.firstElementChild.remove();
    setTimeout(() => note.remove(), isProblem ? 9_000 : 5_000);
}

export async function copyText(text, done) {
    try {
        await navigator.clipboard.writeText(text);
        toast(done);
    } catch { toast('The browser does not allow copying here.', { isProblem: true }); }
}

/** Runs an action of the person; a refusal is told, not thrown. */
export async function attempt(action) {
    try { return await action(); } catch (error) {
        toast(sentence(error), { isProblem: true });
        return undefined;
    }
}
