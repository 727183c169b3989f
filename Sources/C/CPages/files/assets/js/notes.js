// What a person was told. The server keeps it: all windows show the same, and what one has read all have.

import { Emitter } from '../../client/stoa.js';
import { shortened } from './format.js';
import { toast } from './overlay.js';

/** What the bell shows; older ones stay at the server. */
const NOTES = 20;
/** A toast is read in passing. */
const TOAST_LENGTH = 160;

export class Notes extends Emitter {
    /** Pushes so far. */
    #heard = 0;

    /** `show(note)` answers how this page itself shows what a note is of, or null where another page does. */
    constructor(desk, { show = () => null } = {}) {
        super();
        Object.assign(this, { desk, show, list: [], unread: 0, isLoaded: false, error: null });
        // After a cut too: what was missed meanwhile is in the list.
        desk.client.on('welcome', () => this.refresh());
        // Of what does not ring not every kind is pushed: whoever comes back to the page sees it.
        document.addEventListener('visibilitychange', () => { if (!document.hidden && desk.client.state.name === 'live') this.refresh(); });
        desk.client.on('push', push => {
            const isSilent = Boolean(push.notification_id && push.silent);
            if (isSilent || push.type.startsWith('notification')) this.#heard++;
            if (push.type === 'notification') this.#told(push);
            else if (push.type === 'notification_read') this.#wasRead(push);
            // Its words and the count are in the list alone.
            else if (isSilent) this.refresh();
        });
    }

    /** All that is shown is read, in every window. */
    async read() {
        const [newest] = this.list;
        if (newest && this.unread) await this.desk.api.post('me/notifications/read', { until: newest.id });
    }

    /** Where a note leads: `{ href, run }`, or null. */
    leadOf(note) {
        const href = hrefOf(note);
        return href && { href, run: this.show(note) ?? (() => location.assign(href)) };
    }

    async refresh() {
        const heard = this.#heard;
        try {
            const { notifications, unread } = await this.desk.api.get(`me/notifications?limit=${NOTES}`);
            // An answer may be older than what was pushed while it was on its way.
            if (heard !== this.#heard) return this.refresh();
            Object.assign(this, { list: notifications, unread, isLoaded: true, error: null });
        } catch (error) {
            // What is there already stays; the next welcome asks again.
            this.error = error;
        }
        this.emit('change');
    }

    #told({ notification_id: id, kind, title, body, data, at, unread }) {
        // Around a crash of the server it may come twice; without an id another service said it.
        if (!id || this.list.some(note => note.id === id)) return;
        const note = { id, kind, title, body, data, at, read_at: null };
        this.list = [note, ...this.list].slice(0, NOTES);
        this.unread = unread;
        const lead = this.leadOf(note);
        toast(shortened(body ? `${title} — ${body}` : title, TOAST_LENGTH), lead ? { action: 'Show', run: lead.run } : {});
        this.emit('change');
    }

    #wasRead({ ids, until, unread }) {
        for (const note of this.list) if (ids?.includes(note.id) || until && note.id <= until) note.read_at ??= this.desk.now();
        this.unread = unread;
        this.emit('change');
    }
}

/** The address of what a note is of; of a portfolio that is out of sight there is none. */
function hrefOf({ kind, data }) {
    if (kind === 'achievement') return 'progress';
    if (kind !== 'alert' || data?.ended) return null;
    if (data?.portfolio) return `prices#/p:${encodeURIComponent(data.portfolio)}`;
    return `prices${data?.symbol ? `#/${encodeURIComponent(data.symbol)}` : ''}`;
}
