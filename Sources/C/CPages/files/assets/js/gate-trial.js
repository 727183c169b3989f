// Before a gate is changed: who of the members would lose access, and of whom nobody can say.

import { h, button } from './dom.js';
import { avatar } from './avatar.js';
import { count } from './format.js';
import { gateOf, learnTokens, leavesOf } from './gate.js';
import { standing } from './gate-panel.js';
import { openDialog, STAY } from './overlay.js';

/** More members than this are not looked through; the rest is said in words. */
const MEMBERS = 500;

/** Asks what the gate would do; throws `STAY` where the person then thinks better of it. */
export async function confirmGate(workspace, id, gate) {
    const trial = await tryGate(workspace.api, id, gate);
    if (!trial || (!trial.lose.length && !trial.unknown.length)) return;
    if (!await showTrial(trial, gate)) throw STAY;
}

async function tryGate(api, id, gate) {
    const all = { members: 0, lose: [], unknown: [], isCut: false };
    let cursor = null;
    do {
        const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
        const page = await api.post(api.room(id, `/gate/dry-run${query}`), gate).catch(error => { if (error.code === 'not_found') return null; throw error; });
        // An older server judges when it is saved.
        if (!page) return null;
        learnTokens(page.tokens);
        all.members += page.members;
        all.lose.push(...page.would_lose);
        all.unknown.push(...page.unknown);
        cursor = page.cursor;
        all.isCut = Boolean(cursor);
    } while (cursor && all.members < MEMBERS);
    return all;
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
