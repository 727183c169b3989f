// A code that is sent by mail, to sign in or to add an address: the address, then six digits.

import { h, fill, button } from './dom.js';
import { lasting } from './format.js';
import { field, sentence } from './overlay.js';

const DIGITS = 6;
/** Mail takes a moment; asked for sooner, the second code makes the first one worthless. */
const RESEND_MS = 30_000;

/** `prove({ address, code })` takes what was typed; what it throws is told. `submit` is what the button says. */
export function emailCode(api, { prove, submit = 'Sign in' }) {
    const element = h('div', { class: 'email-code' });
    const askAddress = (address = '', reason = null) => {
        const problem = h('p', { class: 'problem', role: 'alert' }, reason);
        const send = async (form, values) => {
            await api.post('auth/email', { address: values.address.trim() });
            askCode(values.address.trim());
        };
        fill(element, form(problem, send,
            field('E-mail address', 'address', { type: 'email', required: true, maxlength: 254, autocomplete: 'email', value: address || null }, 'We send you a code of six digits.'),
            problem, h('button', { class: 'button' }, 'Send a code')));
    };
    const askCode = address => {
        const problem = h('p', { class: 'problem', role: 'alert' });
        const code = codeField(() => shell.requestSubmit());
        const shell = form(problem, () => prove({ address, code: code.digits() }),
            h('p', { class: 'note' }, 'We sent a code to ', h('bdi', null, address), '. It is good once, for some minutes.'),
            code.element, problem, h('button', { class: 'button is-primary' }, submit),
            h('div', { class: 'email-more' }, resend(api, address, problem), button('Use another address', () => { askAddress(address); element.querySelector('input').focus(); }, 'is-link')));
        fill(element, shell);
        code.input.focus();
    };
    askAddress();
    return element;
}

/** A form that tells what was refused and puts the person back to where it can be mended. */
function form(problem, run, ...content) {
    const shell = h('form', { class: 'form', onsubmit: async event => {
        event.preventDefault();
        const ok = shell.querySelector('.button:not(.is-link)');
        if (ok.disabled) return;
        ok.disabled = true;
        fill(problem);
        try { await run(shell, Object.fromEntries(new FormData(shell))); } catch (error) {
            fill(problem, words(error));
            const input = shell.querySelector('input');
            input.focus();
            input.select();
        } finally { ok.disabled = false; }
    } }, content);
    return shell;
}

const words = error => error.retry_after_ms ? `${sentence(error)} Try again in ${lasting(error.retry_after_ms)}.`
    : error.code === 'not_found' ? 'This server sends no codes.' : sentence(error);

/** One field, so that a code can be pasted, dictated and filled in by a phone; spaces and dashes are nobody's fault. */
function codeField(complete) {
    const input = h('input', {
        class: 'field code-field', name: 'code', required: true, inputmode: 'numeric', autocomplete: 'one-time-code',
        pattern: '[0-9]{6}', title: 'Six digits', 'aria-label': 'Code of six digits', spellcheck: 'false',
        oninput: () => {
            const digits = input.value.replace(/\D/g, '').slice(0, DIGITS);
            if (digits !== input.value) input.value = digits;
            if (digits.length === DIGITS) complete();
        },
    });
    return { element: h('label', { class: 'labelled' }, h('span', null, 'Code'), input), input, digits: () => input.value };
}

/** "Send again", with the wait before it counted down for the eyes only. */
function resend(api, address, problem) {
    const again = button('', async () => {
        wait(RESEND_MS);
        fill(problem);
        try { await api.post('auth/email', { address }); } catch (error) {
            fill(problem, words(error));
            wait(error.retry_after_ms ?? 0);
        }
    }, 'is-link');
    let timer = null;
    const wait = ms => {
        const end = Date.now() + ms;
        clearInterval(timer);
        const draw = () => {
            const left = end - Date.now();
            again.disabled = left > 0;
            fill(again, 'Send again', left > 0 ? h('span', { 'aria-hidden': 'true' }, ` in ${lasting(left)}`) : null);
            if (left <= 0 || !again.isConnected) clearInterval(timer);
        };
        timer = setInterval(draw, 1_000);
        draw();
    };
    wait(RESEND_MS);
    return again;
}
