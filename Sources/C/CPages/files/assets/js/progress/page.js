// The page of progress once somebody is signed in: where one stands, one's badges, and a leaderboard beside them.

import { avatar } from '../avatar.js';
import { Bell } from '../bell.js';
import { skeleton } from '../blank.js';
import { ConnectionBar } from '../connection-bar.js';
import { button, fill, h, icon, iconButton } from '../dom.js';
import { sentence, toast } from '../overlay.js';
import { listenForPageKeys, openProfile } from '../profile-menu.js';
import { toggleTheme } from '../theme.js';
import { BadgeView } from './badge-view.js';
import { BoardView } from './board-view.js';
import { goTo, readBoard } from './place.js';
import { StandingView } from './standing-view.js';

const KEYS = [
    ['Leaderboards', [['1', 'Everybody\'s'], ['2', 'This month\'s'], ['3', 'Pick a room']]],
    ['Everywhere', [['?', 'This list']]],
];

export class ProgressPage {
    constructor(desk, { signOut, signIn }) {
        Object.assign(this, { desk, signOut });
        this.status = h('span', { class: 'status' });
        const me = h('button', { type: 'button', class: 'me', 'aria-haspopup': 'menu', onclick: event => this.#profile(event.currentTarget) },
            avatar(desk.me, { small: true }), h('span', { class: 'me-words' }, h('bdi', { class: 'me-name' }, desk.me.name), this.status));
        this.bar = new ConnectionBar(desk, { signIn, status: this.status, offline: 'What was known last is shown.' });
        const [standing, badges] = [new StandingView(desk), new BadgeView(desk)];
        this.board = new BoardView(desk);
        this.state = h('div', { class: 'panel progress-state' });
        this.problem = h('p', { class: 'progress-problem', role: 'alert', hidden: true });
        this.full = h('div', { class: 'progress-own' }, standing.element, badges.element);
        this.content = h('main', { class: 'progress-main' }, h('div', { class: 'progress-columns' }, this.problem, this.state, this.full, this.board.element));
        const link = (href, drawing, words) => h('a', { class: 'button is-quiet', href, 'aria-label': words }, icon(drawing), h('span', { class: 'is-wide-only' }, words));
        this.element = h('div', { class: 'progress-page' }, this.bar.element,
            h('header', { class: 'progress-head' }, h('h1', { class: 'brand' }, icon('medal'), 'Progress'),
                h('nav', { class: 'progress-links', 'aria-label': 'Pages' }, link('./', 'stoa', 'Rooms'), link('prices', 'chart', 'Prices')),
                new Bell(desk).element, iconButton('moon', 'Light or dark', toggleTheme, { class: 'icon-button theme-switch' }), me),
            this.content);
        window.addEventListener('hashchange', () => desk.board.show(readBoard()));
        listenForPageKeys(KEYS, { 1: () => goTo('global'), 2: () => goTo('month'), 3: () => this.board.pick.focus() });
        desk.on('own', () => this.#draw());
        desk.on('state', () => this.#mark());
        desk.on('level', level => toast(`You have reached level ${level}`));
        desk.board.show(readBoard());
        this.#draw();
        this.#mark();
    }

    /** What is shown while the line is away is old, and looks it. */
    #mark() { this.element.classList.toggle('is-offline', this.desk.client.state.name !== 'live'); }

    #draw() {
        const { own, error, isOff } = this.desk;
        const isFull = Boolean(own) && !isOff;
        this.full.hidden = !isFull;
        this.state.hidden = isFull;
        this.board.element.hidden = isOff;
        this.#drawProblem(isFull && error && error.code !== 'offline' ? error : null);
        const kind = isFull ? '' : isOff ? 'off' : error ? `error ${error.request_id}` : 'loading';
        if (this.state.dataset.kind === kind) return;
        this.state.dataset.kind = kind;
        fill(this.state, isFull ? null : isOff ? h('div', { class: 'empty' }, h('h2', null, 'Not on this server'), h('p', null, 'Whoever runs it has turned progress off.'))
            : error ? h('div', { class: 'empty', role: 'alert' }, h('h2', null, 'Your progress cannot be shown'), h('p', null, sentence(error)), this.#again()) : skeleton(6));
    }

    /** What was read before stays, and says that it may be old; of a line that is down the bar tells. */
    #drawProblem(error) {
        const words = error ? `This may be old: ${sentence(error)} ` : '';
        if (this.problem.dataset.words === words) return;
        this.problem.dataset.words = words;
        this.problem.hidden = !error;
        fill(this.problem, words, error ? this.#again() : null);
    }

    #again() { return button('Try again', () => { this.desk.refresh(); this.desk.board.ask(); }, 'is-link'); }

    #profile(anchor) {
        openProfile(this.desk, anchor, {
            links: [{ label: 'Study rooms', icon: 'stoa', href: './' }, { label: 'Prices', icon: 'chart', href: 'prices' }], keys: KEYS, signOut: () => this.signOut(),
        });
    }
}
