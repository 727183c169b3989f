// "Your mail addresses": which ones sign me in, adding another by a code, taking one off.

import { skeleton } from './blank.js';
import { h, fill, icon, iconButton, button } from './dom.js';
import { emailCode } from './email-code.js';
import { ago } from './format.js';
import { openDialog, sentence, toast } from './overlay.js';

export function openEmails({ api }) {
    return openDialog('Your mail addresses', () => {
        const list = h('ul', { class: 'plain-list' }, h('li', null, skeleton(1)));
        const more = h('div', { class: 'email-add' });
        const load = async () => {
            try {
                const { emails } = await api.get('auth/emails');
                fill(list, emails.length ? emails.map(email => row(email, remove))
                    : h('li', { class: 'note' }, 'None yet. A code that is sent to an address of yours signs you in, beside your wallets.'));
            } catch (error) { fill(list, h('li', { class: 'side-note' }, sentence(error), ' ', button('Try again', load, 'is-link'))); }
        };
        const remove = async address => {
            await api.call('DELETE', 'auth/emails', { address });
            toast(`${address} does not sign you in any more.`);
            await load();
        };
        const offer = () => fill(more, button('Add an address…', () => {
            fill(more, h('h3', { class: 'group-title' }, 'Add an address'), emailCode(api, { submit: 'Add', prove: async proof => {
                const { address } = await api.post('auth/emails', proof);
                toast(`${address} signs you in from now on.`);
                offer();
                more.querySelector('button').focus();
                await load();
            } }));
            more.querySelector('input').focus();
        }));
        load();
        offer();
        return [list, h('hr'), more];
    });
}

/** Removing asks once more, in place: a slip of the finger would cost a mail to undo. */
function row({ address, linked_at: linkedAt, used_at: usedAt }, remove) {
    const more = h('div', { class: 'wallet-more', hidden: true });
    const problem = h('p', { class: 'problem', role: 'alert' });
    const ask = iconButton('trash', `Remove ${address}…`, () => {
        more.hidden = !more.hidden;
        ask.setAttribute('aria-expanded', String(!more.hidden));
        if (!more.hidden) more.querySelector('button').focus();
    });
    ask.setAttribute('aria-expanded', 'false');
    const sure = button('Remove this address', async () => {
        sure.disabled = true;
        try { await remove(address); } catch (error) { fill(problem, sentence(error)); } finally { sure.disabled = false; }
    }, 'is-danger');
    more.append(h('p', { class: 'note' }, 'Codes that are sent there will not sign you in any more.'), problem, h('div', { class: 'form-end' }, sure));
    return h('li', { class: 'card' }, h('div', { class: 'wallet-row' }, icon('mail'),
        h('span', { class: 'card-text' }, h('bdi', { class: 'mail-address' }, address), h('small', null, `added ${ago(linkedAt)} · used ${ago(usedAt)}`)), ask), more);
}
