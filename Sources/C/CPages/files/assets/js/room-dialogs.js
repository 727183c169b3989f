// Finding and making rooms, inviting into them.

import { StoaError } from '../../client/stoa.js';
import { skeleton } from './blank.js';
import { h, fill, icon, button } from './dom.js';
import { count } from './format.js';
import { baseUnits, decimalsOf, gateInShort, gateOf, invitationAt, isGated, learnTokens, partOf } from './gate.js';
import { CONTROLS, gateBody, gateFields } from './gate-fields.js';
import { field, openDialog, openForm, sentence, toast } from './overlay.js';
import { goTo, linkTo } from './router.js';

export async function createRoom(workspace) {
    const { api } = workspace;
    // Made once per form: a second press after a lost answer finds the first one's room.
    const id = crypto.randomUUID();
    let isMade = false;
    const room = await openForm('Create a room', {
        submit: 'Create', controls: CONTROLS,
        fields: [
            field('Name', 'name', { required: true, maxlength: 100, autofocus: true, autocomplete: 'off', placeholder: 'For example: Linear algebra' }),
            field('What is it for?', 'description', { maxlength: 500, autocomplete: 'off' }),
            gateFields({ type: 'public' }),
            field('Seats', 'seats', { type: 'number', min: 2, max: 10_000, value: '50' }, 'How many may be present at once; you and moderators do not count.'),
        ],
        save: async values => {
            const settings = { name: values.name.trim(), description: values.description.trim(), max_participants: Number(values.seats) || 50 };
            if (values.type === 'token' && decimalsOf(values.mint.trim()) === undefined) {
                await makeToLearn(api, { id, ...settings }, values);
                isMade = true;
            }
            const body = { ...settings, ...gateBody(values) };
            const made = isMade ? await api.patch(api.room(id), { ...body, locked: false }) : await api.post('rooms', { id, ...body });
            await workspace.loadRooms();
            return made;
        },
    });
    if (room) goTo(room.id);
    else if (isMade) api.delete(api.room(id)).catch(() => {});
}

/**
 * The server tells how many decimals a token has only of a room that asks for it. So the room is made first, locked, and
 * gets its amount once it can be told in base units.
 */
async function makeToLearn(api, settings, { mint, amount }) {
    baseUnits(amount, Infinity);
    await api.post('rooms', { ...settings, type: 'token_gated', access_token_mint: mint.trim(), access_token_min_amount: '1', locked: true });
    // A form that is sent again may name another token than the room has by now.
    await api.patch(api.room(settings.id), { type: 'token_gated', access_token_mint: mint.trim(), access_token_min_amount: '1', gate: null });
    learnTokens((await api.get(api.room(settings.id, '/gate'))).tokens);
    if (decimalsOf(mint.trim()) === undefined) {
        throw new StoaError({ code: 'gate_unavailable', field: 'access_token_mint', message: 'The token cannot be looked up now. Try again in a while.' });
    }
}

/** A room in a list of such, as a button that goes there. */
export const roomCard = (room, workspace, open) => h('button', { type: 'button', class: 'card', onclick: () => open(room.id) },
    h('span', { class: 'card-head' }, h('bdi', null, room.name), room.type === 'private' || room.locked ? icon('lock') : null, isGated(room) ? h('span', { class: 'tag' }, holders(room)) : null,
        workspace.rooms.has(room.id) ? h('span', { class: 'tag' }, 'Joined') : null, room.people_count ? h('span', { class: 'muted' }, `${count(room.people_count, 'person', 'people')} here`) : null),
    room.description ? h('span', { class: 'card-text', dir: 'auto' }, room.description) : null,
    gateOf(room) ? h('span', { class: 'card-text muted' }, `For ${gateInShort(gateOf(room))}`) : null);

const holders = room => ({ token: 'Token', native: 'SOL', nft: 'NFT' })[partOf(gateOf(room))[0]] ?? 'Gated';

export function browseRooms(workspace) {
    let serial = 0;
    let timer = null;
    return openDialog('Find a room', close => {
        const list = h('div', { class: 'cards', 'aria-live': 'polite' });
        const load = async (query, cursor = null) => {
            const mine = ++serial;
            if (!cursor) fill(list, skeleton(4));
            try {
                const page = await workspace.api.get(`rooms?limit=30&query=${encodeURIComponent(query)}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
                if (mine !== serial) return;
                if (cursor) list.lastElementChild.remove(); else fill(list);
                list.append(...page.rooms.map(room => roomCard(room, workspace, id => { close(); goTo(id); })));
                if (page.cursor) list.append(button('Show more', () => load(query, page.cursor)));
                if (!list.children.length) {
                    fill(list, h('p', { class: 'side-note' }, query ? `No room is called “${query}”. ` : 'There are no rooms yet. ', button('Create one', () => { close(); createRoom(workspace); }, 'is-link')));
                }
            } catch (error) {
                if (mine === serial) fill(list, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', () => load(query), 'is-link')));
            }
        };
        const input = h('input', { class: 'field', role: 'searchbox', enterkeyhint: 'search', autofocus: true, autocomplete: 'off', placeholder: 'Name of the room', 'aria-label': 'Name of the room',
            oninput: () => { clearTimeout(timer); timer = setTimeout(() => load(input.value.trim()), 200); } });
        load('');
        return [input, list];
    }, { wide: true });
}

/** What a link is worth in this room, and whether naming somebody is. */
function worthOf(info) {
    const gate = gateOf(info);
    const worth = gate ? invitationAt(gate) : info.type === 'private' ? 'opens' : isGated(info) ? 'nothing' : 'open';
    const words = {
        open: 'Everybody may enter this room; a link brings them here.',
        opens: 'A link lets in whoever has it.',
        part: 'The rules of this room ask for an invitation: a link is one, for whoever has it. The rest of the rules they have to meet themselves.',
        nothing: `A link brings people to the door. It opens nothing: this room is ${gate ? `for ${gateInShort(gate)}` : 'for holders'}, invited or not.`,
    }[worth];
    return { words: info.locked ? `${words} While the room is locked, nobody new may enter.` : words, isNamed: worth === 'opens' || worth === 'part' };
}

export function invite(workspace, id) {
    const { api } = workspace;
    const { words, isNamed } = worthOf({ ...workspace.rooms.get(id), ...workspace.client.room(id).info });
    return openDialog('Invite people', () => {
        const out = h('div', { class: 'invitation', 'aria-live': 'polite' });
        const span = field('Good for', 'span', { tag: 'select', value: '7', options: [['1', 'A day'], ['7', 'A week'], ['30', '30 days'], ['', 'Ever']] });
        const make = async () => {
            const { value: days, selectedOptions: [{ text }] } = span.querySelector('select');
            try {
                const { code } = await api.post(api.room(id, '/invitations'), days ? { expires_at: Date.now() + Number(days) * 86_400_000 } : {});
                const link = h('input', { class: 'field', readonly: true, 'aria-label': 'Invitation link', value: linkTo(id, { invitation: code }), onfocus: () => link.select() });
                fill(out, link, h('p', { class: 'note' }, `Good for: ${text.toLowerCase()}. The code alone: ${code}`));
                link.focus();
            } catch (error) { fill(out, h('p', { class: 'problem', role: 'alert' }, sentence(error))); }
        };
        const person = h('input', { class: 'field', required: true, 'aria-label': 'Person’s id', placeholder: 'Person’s id, such as u_ann', autocomplete: 'off' });
        const name = async event => {
            event.preventDefault();
            try {
                await api.post(api.room(id, '/invitations'), { user: person.value.trim() });
                toast(`${person.value.trim()} is invited, without a code.`);
                person.value = '';
            } catch (error) { fill(out, h('p', { class: 'problem', role: 'alert' }, sentence(error))); }
        };
        return [h('p', { class: 'note' }, words), span, button('Make a link', make, 'is-primary'), out, ...isNamed ? [h('hr'),
            h('p', { class: 'note' }, 'Or name one person; they need no link.'), h('form', { class: 'inline-form', onsubmit: name }, person, h('button', { class: 'button' }, 'Invite'))] : []];
    });
}
