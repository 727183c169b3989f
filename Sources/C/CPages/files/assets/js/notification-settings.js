// When one is told aloud: quiet hours, and of what. What does not ring is kept all the same, and is in the list of the bell.

import { skeleton } from './blank.js';
import { button, fill, h } from './dom.js';
import { field, openForm, sentence, toast } from './overlay.js';

/** What the server itself tells; others are the words of whoever runs it. */
const KINDS = { alert: 'Alerts that fire', achievement: 'Badges that you earn' };
const USUAL = { from: '22:00', to: '07:00' };

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const wordsOf = kind => KINDS[kind] ?? kind[0].toUpperCase() + kind.slice(1).replaceAll('_', ' ');

/** `desk` has `api`, `client` and `notes`, and hears `preferences` when they are others. */
export async function openNotificationSettings(desk) {
    const box = h('div', { class: 'form' });
    let kinds = null;
    const saved = openForm('Notification settings', {
        fields: box, submit: 'Save', controls: { quiet_hours: 'begin' },
        save: values => save(desk, kinds, values, box),
    });
    const submit = box.closest('form').querySelector('[type=submit]');
    const load = async () => {
        submit.disabled = true;
        fill(box, h('div', { 'aria-label': 'Loading the settings' }, skeleton(2)));
        try {
            const preferences = await desk.api.get('me/preferences');
            kinds = [...new Set([...Object.keys(KINDS), ...preferences.muted, ...desk.notes.list.map(({ kind }) => kind)])];
            fill(box, controls(preferences, kinds));
            submit.disabled = false;
        } catch (error) {
            fill(box, h('div', { class: 'note-state', role: 'alert' }, h('p', null, sentence(error), error.code === 'offline' ? ' They are asked for again as soon as it answers.' : null),
                button('Try again', load)));
        }
    };
    load();
    const off = desk.client.on('welcome', () => { if (!kinds) load(); });
    await saved;
    off();
}

async function save(desk, kinds, values, box) {
    const rings = new Set([...box.querySelectorAll('[name=rings]:checked')].map(({ value }) => value));
    const preferences = await desk.api.put('me/preferences', {
        time_zone: values.time_zone.trim(),
        quiet_hours: values.quiet === 'on' ? { from: values.begin, to: values.end } : null,
        muted: kinds.filter(kind => !rings.has(kind)),
    });
    desk.emit('preferences', preferences);
    toast('Your notification settings are saved');
}

function controls({ time_zone: zone, quiet_hours: hours, muted }, kinds) {
    const time = (words, name, value) => field(words, name, { type: 'time', required: true, value, disabled: !hours });
    const { from, to } = hours ?? USUAL;
    const times = [time('From', 'begin', from), time('Until', 'end', to)];
    const turn = ({ target }) => { for (const one of times) one.querySelector('input').disabled = !target.checked; };
    return [
        check('quiet', 'Quiet hours: nothing rings', { checked: Boolean(hours), onchange: turn, autofocus: true }),
        h('div', { class: 'field-row' }, times),
        zoneField(zone),
        h('fieldset', { class: 'checks' }, h('legend', null, 'Tell me aloud of'), kinds.map(kind => check('rings', wordsOf(kind), { value: kind, checked: !muted.includes(kind) })),
            h('p', { class: 'note' }, 'All else waits silently behind the bell.')),
    ];
}

const check = (name, words, props) => h('label', { class: 'check' }, h('input', { type: 'checkbox', name, ...props }), h('span', null, words));

function zoneField(zone) {
    const label = field('Time zone', 'time_zone', { required: true, value: zone, list: 'time-zones', autocomplete: 'off', spellcheck: 'false' }, 'Quiet hours go by it, and so do the days of a streak.');
    const input = label.querySelector('input');
    const use = button(`Use ${here}, as this device does`, () => { input.value = here; use.hidden = true; input.focus(); }, 'is-link');
    use.hidden = zone === here;
    const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
    return h('div', { class: 'zone' }, label, use, h('datalist', { id: 'time-zones' }, ['UTC', ...zones].map(name => h('option', { value: name }))));
}
