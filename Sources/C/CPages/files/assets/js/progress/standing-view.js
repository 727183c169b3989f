// Level, experience and streak: what one has, what is left to the next level, and until when a streak lasts.

import { button, fill, h } from '../dom.js';
import { count, lasting } from '../format.js';
import { attempt } from '../overlay.js';
import { localZone } from './desk.js';

const SVG = 'http://www.w3.org/2000/svg';
const TICK_MS = 1_000;
/** From this day of a streak on challenges give half as much again. */
const BONUS_DAYS = 7;

export class StandingView {
    constructor(desk) {
        this.desk = desk;
        this.ring = circle('ring-now');
        this.level = h('b', { class: 'number' });
        this.meter = h('div', { class: 'ring', role: 'progressbar', 'aria-valuemin': '0' }, ringOf(this.ring), h('span', null, h('small', null, 'Level'), this.level));
        this.xp = h('p', { class: 'standing-figure number' });
        this.next = h('p', { class: 'muted number' });
        this.days = h('p', { class: 'standing-figure number' });
        this.pips = h('div', { class: 'pips', 'aria-hidden': 'true' }, Array.from({ length: BONUS_DAYS }, () => h('i')));
        this.until = h('p', { class: 'muted' });
        this.zone = h('p', { class: 'note' });
        this.element = h('div', { class: 'standing' },
            h('section', { class: 'panel standing-level', 'aria-labelledby': 'level-title' }, this.meter, h('div', null, h('h2', { id: 'level-title' }, 'Experience'), this.xp, this.next)),
            h('section', { class: 'panel standing-streak', 'aria-labelledby': 'streak-title' }, h('h2', { id: 'streak-title' }, 'Streak'), this.days, this.pips, this.until, this.zone));
        desk.on('own', () => this.#draw());
        setInterval(() => { if (!document.hidden && desk.own) this.#drawStreak(); }, TICK_MS);
    }

    #draw() {
        const { own } = this.desk;
        if (!own) return;
        const { xp, level, next_level_xp: next, xp_to_next: left } = own;
        const floor = 100 * level ** 2;
        const part = Math.max(0, Math.min(1, (xp - floor) / (next - floor)));
        this.ring.setAttribute('stroke-dasharray', `${(part * 100).toFixed(2)} 100`);
        for (const [name, value] of [['valuemax', next - floor], ['valuenow', xp - floor], ['label', `To level ${level + 1}`], ['valuetext', `${count(left, 'point')} left to level ${level + 1}`]]) this.meter.setAttribute(`aria-${name}`, String(value));
        this.level.textContent = String(level);
        this.xp.textContent = count(xp, 'point');
        this.next.textContent = `${left.toLocaleString()} left to level ${level + 1}`;
        this.#drawStreak();
        this.#drawZone();
    }

    #drawStreak() {
        const { days, deadline } = this.desk.own.streak;
        const left = (deadline ?? 0) - this.desk.now();
        // It may end while one looks at it.
        const lasts = left > 0 ? days : 0;
        const mark = JSON.stringify([lasts, deadline, lasting(left), this.desk.zone]);
        if (this.days.dataset.mark === mark) return;
        this.days.dataset.mark = mark;
        this.days.textContent = count(lasts, 'day');
        [...this.pips.children].forEach((pip, i) => pip.classList.toggle('is-on', i < lasts));
        if (!lasts) return fill(this.until, 'Say something in a room, and a streak begins.');
        const bonus = lasts >= BONUS_DAYS ? 'Challenges give half as much again.' : `On day ${BONUS_DAYS} challenges begin to give half as much again.`;
        fill(this.until, 'It goes on if you do something before ', h('time', { datetime: new Date(deadline).toISOString() }, deadlineOf(deadline, this.desk.zone)), `, ${lasting(left)} from now. `, bonus);
    }

    /** Days begin and end where the person says that they live; that is not always where the browser is. */
    #drawZone() {
        const counted = this.desk.preferences?.time_zone;
        const mark = counted ?? '';
        if (this.zone.dataset.mark === mark) return;
        this.zone.dataset.mark = mark;
        this.zone.hidden = !counted || plain(counted) === localZone;
        fill(this.zone, `Your days begin at midnight in ${counted}. `, button(`Count them in ${localZone}`, () => attempt(() => this.desk.chooseZone(localZone)), 'is-link'));
    }
}

/** A zone as the browser calls it: some have two names. */
function plain(zone) {
    try { return Intl.DateTimeFormat([], { timeZone: zone }).resolvedOptions().timeZone; } catch { return zone; }
}

/** A moment as the clocks of a time zone have it; which zone is said where it is not the browser's. */
function deadlineOf(at, zone) {
    const form = { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' };
    try {
        const words = new Intl.DateTimeFormat([], { ...form, timeZone: zone }).format(at);
        return plain(zone) === localZone ? words : `${words} (${zone})`;
    } catch { return new Intl.DateTimeFormat([], form).format(at); }
}

function circle(look) {
    const one = document.createElementNS(SVG, 'circle');
    for (const [name, value] of [['class', look], ['cx', 36], ['cy', 36], ['r', 31], ['pathLength', 100], ['stroke-dasharray', look === 'ring-now' ? '0 100' : null]]) if (value !== null) one.setAttribute(name, value);
    return one;
}

function ringOf(now) {
    const svg = document.createElementNS(SVG, 'svg');
    for (const [name, value] of [['viewBox', '0 0 72 72'], ['aria-hidden', 'true']]) svg.setAttribute(name, value);
    svg.append(circle('ring-all'), now);
    return svg;
}
