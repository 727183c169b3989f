// Before a gate is changed: who of the members would lose access, and of whom nobody can say.

import { h, button } from './dom.js';
import { avatar } from './avatar.js';
import { count, lasting } from './format.js';
import { gateOf, learnTokens, leavesOf } from './gate.js';
import { standing } from './gate-panel.js';
import { openDialog, STAY } from './overlay.js';

/** More members than this are not looked through; the rest is said in words. */
const MEMBERS = 500;

/**
 * Asks what the gate would do; throws `STAY` where the person then thinks better of it.
 *
 * `say(text, countdown)` shows how far it is, and answers whether anybody still looks.
 */
export async function confirmGate(workspace, id, gate, say) {
    const trial = await tryGate(workspace.api, id, gate, say);
    if (!trial || (!trial.lose.length && !trial.unknown.length)) return;
    if (!await showTrial(trial, gate)) throw STAY;
}

async function tryGate(api, id, gate, say) {
    const all = { members: 0, lose: [], unknown: [], isCut: false };
    let cursor = null;
    do {
        const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
        const page = await patiently(() => api.post(api.room(id, `/gate/dry-run${query}`), gate), all.members, say);
        // An older server judges when it is saved.
        if (!page) return null;
        learnTokens(page.tokens);
        all.members += page.members;
        all.lose.push(...page.would_lose);
        all.unknown.push(...page.unknown);
        cursor = page.cursor;
        all.isCut = Boolean(cursor);
        if (cursor && !say(lookedAt(all.members))) throw STAY;
    } while (cursor && all.members < MEMBERS);
    return all;
}

const lookedAt = members => members ? `${count(members, 'member')} looked at so far.` : 'Looking at the members.';

/** Asks again when the server says so: each page asks a chain about fifty people, and has its pace. */
async function patiently(ask, members, say) {
    for (;;) {
        try { return await ask(); } catch (error) {
            if (error.code === 'not_found') return null;
            if (error.code !== 'rate_limited' || !error.retry_after_ms) throw error;
            const end = Date.now() + error.retry_after_ms;
            for (let left = error.retry_after_ms; left > 0; left = end - Date.now()) {
                if (!say(`${lookedAt(members)} The server asks for a pause; it goes on by itself`, ` in ${lasting(left)}`)) throw STAY;
                await new Promise(go => setTimeout(go, Math.min(left, 1_000)));
            }
            if (!say(lookedAt(members))) throw STAY;
        }
    }
}

function showTrial({ members, lose, unknown, isCut }, gate) {
    const title = lose.length ? `${count(lose.length, 'member')} would lose access` : 'Not everybody could be checked';
    return openDialog(title, close => [
        h('p', { class: 'note' }, lose.length ? 'They are put out within seconds, and may come back when they have what the room asks for. You stay in any case.' : 'Whoever cannot be checked for long is put out.',
            isCut ? ` Only the first ${members} members were looked at.` : ` ${count(members, 'member was', 'members were')} looked at.`),
        group('Would lose access', lose, gate), group('Nobody can say now', unknown, gate),
        h('div', { class: 'form-end' }, button('Back', () => close(false)), button('Save all the same', () => close(true), lose.length ? 'is-danger' : 'is-primary')),
    ], { wide: true });
}

function group(title, people, gate) {
    if (!people.length) return null;
    const leaves = leavesOf(gateOf(gate));
    return h('section', null, h('h3', { class: 'group-title' }, title), h('ul', { class: 'plain-list trial' }, people.map(({ user, checks }) => {
        const at = checks.findIndex(check => check.verdict !== 'yes');
        const words = at < 0 ? '' : standing(leaves[at] ?? checks[at].condition, checks[at], { who: 'Holds', bare: 'Has linked no wallet' });
        return h('li', { class: 'wallet-row' }, avatar(user, { small: true }), h('span', { class: 'card-text' }, h('bdi', null, user.name ?? user.id), words ? h('small', null, words) : null));
    })));
}
