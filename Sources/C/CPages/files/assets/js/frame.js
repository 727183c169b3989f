// The page once somebody is signed in: puts the parts together and carries what one does in one to the others.

import { h, fill, icon, iconButton, button } from './dom.js';
import { showAttention } from './attention.js';
import { emptyState } from './blank.js';
import { Composer } from './composer.js';
import { ConnectionBar } from './connection-bar.js';
import { Conversation } from './conversation.js';
import { lasting, shortened } from './format.js';
import { gateInShort, gateOf, isGated } from './gate.js';
import { showGate } from './gate-panel.js';
import { listenForKeys, showKeys } from './keys.js';
import { MessageActions } from './message-actions.js';
import { archiveRoom, roomSettings, setLocked, showBans, showRecord, showReports } from './moderation.js';
import { copyText, openForm, openMenu, sentence, toast } from './overlay.js';
import { changeName, ownName } from './own-name.js';
import { openEmails } from './own-emails.js';
import { openWallets } from './own-wallets.js';
import { browseRooms, createRoom, invite, roomCard } from './room-dialogs.js';
import { RoomList } from './room-list.js';
import { REASONS } from './room-state.js';
import { goTo, placeOf, readPlace } from './router.js';
import { openSearch } from './search.js';
import { SidePanel } from './side-panel.js';
import { toggleTheme } from './theme.js';

export class Frame {
    constructor(workspace, { signOut, rename, signIn }) {
        Object.assign(this, { workspace, signOut, rename, signIn });
        const create = () => createRoom(workspace);
        const browse = () => browseRooms(workspace);
        this.actions = new MessageActions(workspace);
        this.conversation = new Conversation(workspace, this.actions);
        this.composer = new Composer(workspace);
        this.rail = new RoomList(workspace, { create, browse, profile: anchor => this.#profile(anchor), toggleTheme });
        this.side = new SidePanel(workspace, this.actions, { closed: () => this.#showSide(false), jump: seq => this.#jump(seq) });
        this.bar = new ConnectionBar(workspace, { signIn: () => this.#signInAgain(), status: this.rail.status });
        this.head = h('header', { class: 'room-head' });
        this.welcome = h('div', { class: 'welcome' }, emptyState('Pick a room', 'Join one, or start your own.', button('Find a room', browse, 'is-primary'), button('Create a room', create)));
        this.room = h('div', { class: 'room' }, this.head, this.conversation.element, h('div', { class: 'below' }, this.conversation.pill,
            h('div', { class: 'status-line' }, this.conversation.typing, ownName(workspace, () => this.#changeName())), this.composer.element));
        this.main = h('main', { class: 'main', 'aria-label': 'Conversation' }, this.bar.element, this.welcome, this.room);
        this.scrim = h('div', { class: 'scrim', onclick: () => this.#showSide(false) });
        this.element = h('div', { class: 'frame', 'data-screen': 'rooms' }, this.rail.element, this.main, this.scrim, this.side.element);
        Object.assign(this.actions.on, {
            reply: message => this.composer.reply(message), edit: message => this.composer.edit(message), rewrite: entry => this.composer.rewrite(entry),
            thread: message => { this.#showSide(true); this.side.openThread(message); },
            person: (person, anchor) => this.side.panels.people.menu(person, anchor),
            mention: person => { this.#showSide(false, { onlyDrawer: true }); this.composer.insert(`@${person.name} `); }, leave: () => this.#leave(),
        });
        for (const type of ['rooms', 'room', 'open']) workspace.on(type, () => this.#drawHead());
        workspace.on('warning', ({ id, error }) => toast(`${workspace.client.room(id).info?.name ?? 'A room'}: ${sentence(error)}`, { isProblem: true }));
        // In the room that is open the door says so.
        workspace.on('removed', ({ id, name, reason }) => { if (id !== this.#id) toast(`${name ?? 'A room'}: ${REASONS[reason] ?? 'You are no longer in this room.'}`, { isProblem: true }); });
        window.addEventListener('hashchange', () => this.#go());
        listenForKeys({
            browse, search: () => this.#search(), neighbour: step => this.#neighbour(step), write: () => this.composer.input.focus(),
            messages: () => [...this.conversation.list.querySelectorAll('.message')].at(-1)?.focus(), newest: () => this.conversation.toLatest(), escape: () => this.#escape(),
        });
        showAttention(workspace);
        this.#go();
        const off = workspace.on('rooms', () => { if (this.#resume()) off(); });
    }

    get #id() { return this.workspace.current; }
    get #isNarrow() { return matchMedia('(max-width: 719px)').matches; }

    /** Shows what the address says. */
    #go() {
        const { room, seq, invitation } = readPlace();
        this.element.classList.toggle('has-room', Boolean(room));
        this.element.dataset.screen = room ? 'conversation' : 'rooms';
        if (!room) {
            this.workspace.current = null;
            this.workspace.emit('open', null);
            return;
        }
        const isSame = room === this.#id;
        const model = isSame && !invitation ? this.workspace.model(room) : this.workspace.open(room, { invitation });
        // The invitation has done its work; left in the address it would be passed on by accident.
        if (invitation) history.replaceState(null, '', placeOf(room, seq));
        this.conversation.show(model, seq);
        if (!isSame) {
            this.composer.show(model);
            if (!this.#isNarrow && !seq) this.composer.input.focus();
        }
    }

    /** A visit that names no room goes on in the one with the newest message; on a phone, with the list. */
    #resume() {
        if (!this.workspace.areRoomsLoaded) return false;
        const newest = [...this.workspace.rooms.values()].sort((a, b) => (b.last_message?.at ?? 0) - (a.last_message?.at ?? 0))[0];
        if (!readPlace().room && newest && !this.#isNarrow) location.replace(placeOf(newest.id));
        if (!newest) this.#offerRooms();
        return true;
    }

    /** Somebody new sees what there is; if there is one room only, that is where they are going. */
    async #offerRooms() {
        const { rooms } = await this.workspace.api.get('rooms?limit=6').catch(() => ({ rooms: [] }));
        if (readPlace().room) return;
        if (rooms.length === 1) return location.replace(placeOf(rooms[0].id));
        if (rooms.length) this.welcome.firstElementChild.append(h('div', { class: 'cards' }, rooms.map(room => roomCard(room, this.workspace, goTo))));
    }

    #drawHead() {
        const { workspace } = this;
        const id = this.#id;
        if (!id) return;
        const { room } = workspace.model(id);
        const info = { ...workspace.rooms.get(id), ...room.info };
        const mark = JSON.stringify([id, info.name, info.description, info.type, gateOf(info), info.locked, info.slow_mode_ms, room.state, room.role]);
        const isClosed = ['refused', 'removed'].includes(room.state);
        this.composer.element.hidden = isClosed;
        this.element.classList.toggle('is-closed', isClosed);
        if (mark === this.headMark) return;
        this.headMark = mark;
        this.composer.input.placeholder = `Message ${shortened(info.name ?? 'the room')}`;
        const notes = [info.locked ? 'Locked' : null, info.slow_mode_ms ? `Slow mode, ${lasting(info.slow_mode_ms)}` : null].filter(Boolean);
        fill(this.head,
            iconButton('back', 'All rooms', () => { location.hash = '#/'; }, { class: 'icon-button back' }),
            h('div', { class: 'room-title' }, h('h1', null, h('bdi', null, info.name ?? 'Room'), isGated(info) ? gateMark(info) : info.type === 'private' ? icon('lock') : null),
                h('p', { class: 'room-topic' }, notes.length ? h('span', { class: 'tag' }, notes.join(' · ')) : null, info.description ? h('span', { dir: 'auto', title: info.description }, info.description) : null)),
            isClosed ? null : [
                iconButton('search', 'Search this room', () => this.#search()),
                iconButton('people', 'People and details', () => this.#toggleSide(), { class: 'icon-button side-toggle' }),
                iconButton('more', 'Room menu', event => this.#menu(event.currentTarget), { 'aria-haspopup': 'menu' })]);
    }

    #menu(anchor) {
        const { workspace } = this;
        const id = this.#id;
        const info = workspace.client.room(id).info ?? {};
        const jump = seq => this.#jump(seq);
        openMenu(anchor, 'Room', [
            { label: 'Pinned messages', icon: 'pin', run: () => { this.#showSide(true); this.side.open('pins'); } },
            ...isGated(info) ? [{ label: 'Who may enter…', icon: 'wallet', run: () => showGate(workspace, id) }] : [],
            ...workspace.isModerator(id) ? [
                { label: 'Invite people…', icon: 'invite', run: () => invite(workspace, id) }, null,
                { label: 'Room settings…', icon: 'settings', run: () => roomSettings(workspace, id) },
                { label: info.locked ? 'Unlock' : 'Lock: nobody new', icon: 'lock', run: () => setLocked(workspace, id, !info.locked) },
                { label: 'Reports', icon: 'flag', run: () => showReports(workspace, id, jump) },
                { label: 'Banned people', icon: 'hide', run: () => showBans(workspace, id) },
                { label: 'What moderators did', icon: 'document', run: () => showRecord(workspace, id) }] : [],
            null,
            { label: 'Keys', icon: 'keys', run: showKeys },
            { label: 'Leave room…', icon: 'leave', isDanger: true, run: () => this.#leave() },
            ...workspace.isOwner(id) ? [{ label: 'Archive room…', icon: 'trash', isDanger: true, run: () => archiveRoom(workspace, id) }] : [],
        ]);
    }

    #profile(anchor) {
        const { session } = this.workspace;
        const { isOwnPerson, isAccount, mayRename, methods } = session;
        openMenu(anchor, 'You', [
            ...mayRename ? [{ label: 'Change name…', icon: 'edit', run: () => this.#changeName() }] : [],
            ...isOwnPerson && (methods.wallet.includes('solana') || methods.email) ? [{ label: 'Sign in…', icon: 'people', run: () => this.signIn() }] : [],
            ...methods.wallet.includes('solana') ? [{ label: 'Your wallets…', icon: 'wallet', run: () => openWallets(this.workspace) }] : [],
            ...isAccount && methods.email ? [{ label: 'Your mail addresses…', icon: 'mail', run: () => openEmails(this.workspace) }] : [],
            { label: 'Light or dark', icon: 'moon', run: toggleTheme },
            { label: 'Keys', icon: 'keys', run: showKeys },
            { label: 'Copy my id', icon: 'copy', run: () => copyText(this.workspace.me.id, 'Your id is copied') }, null,
            { label: isOwnPerson ? 'Start as somebody new' : 'Sign out', icon: 'leave', run: () => this.signOut() },
            ...isOwnPerson ? [] : [{ label: 'Sign out everywhere…', icon: 'leave', isDanger: true, run: () => this.#signOutEverywhere() }],
        ]);
    }

    #signOutEverywhere() {
        return openForm('Sign out everywhere?', {
            note: 'Every window and device where you are signed in is signed out at once, this one too.', submit: 'Sign out', isDanger: true,
            save: () => this.signOut({ everywhere: true }),
        });
    }

    /** Who came by a link needs a new one; the card says so. */
    #signInAgain() {
        const { session } = this.workspace;
        return session.isAccount || session.methods.wallet.length || session.methods.email ? this.signIn() : this.signOut();
    }

    #changeName() { return changeName(this.workspace, this.rename); }

    async #leave() {
        const id = this.#id;
        const left = await openForm('Leave this room?', {
            note: 'You are no longer a member and are not told of new messages.', submit: 'Leave', isDanger: true, save: () => this.workspace.leave(id),
        });
        if (left) location.hash = '#/';
    }

    #search() { if (this.#id) openSearch(this.workspace.model(this.#id), seq => this.#jump(seq)); }

    #jump(seq) {
        this.#showSide(false, { onlyDrawer: true });
        this.conversation.jump(seq);
    }

    #neighbour(step) {
        const links = [...this.rail.list.querySelectorAll('.room-row')];
        const at = links.findIndex(link => link.getAttribute('aria-current'));
        const next = links[(at + step + links.length) % links.length];
        if (next) location.hash = next.getAttribute('href');
    }

    // The side column: in the page when there is room, a drawer when there is not.

    get #isDrawer() { return matchMedia('(max-width: 1099px)').matches; }
    #toggleSide() { this.#showSide(!(this.#isDrawer ? this.element.classList.contains('has-drawer') : !this.element.classList.contains('no-side'))); }

    #showSide(isShown, { onlyDrawer = false } = {}) {
        if (this.#isDrawer) this.element.classList.toggle('has-drawer', isShown);
        else if (!onlyDrawer) this.element.classList.toggle('no-side', !isShown);
        if (isShown && this.#isDrawer) this.side.element.querySelector('.tab[aria-selected=true]').focus();
    }

    #escape() {
        if (this.element.classList.contains('has-drawer')) this.#showSide(false);
        this.composer.input.focus();
    }
}

/** Beside the name of a room for holders. */
function gateMark(info) {
    const words = gateOf(info) ? `For ${gateInShort(gateOf(info))}` : 'Holders only';
    return h('span', { class: 'room-lock', title: words }, icon('wallet'), h('span', { class: 'unseen' }, words));
}
