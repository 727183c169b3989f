// What a person was told. The server keeps it: all windows show the same, and what one has read all have.

import { Emitter } from '../../client/stoa.js';
import { toast } from './overlay.js';

/** What the bell shows; older ones stay at the server. */
const NOTES = 20;

export class Notes extends Emitter {
    /** Pushes so far. */
    #heard = 0;

    /** `leads(note)` gives a toast's action: `{ action, run }`, or null. */
    constructor(desk, { leads = () => null } = {}) {
        super();
        Object.assign(this, { desk, leads, list: [], unread: 0 });
        // After a cut too: what was missed meanwhile is in the list.
        desk.client.on('welcome', () => this.#refresh());
        desk.client.on('push', push => {
            if (push.type.startsWith('notification')) this.#heard++;
            if (push.type === 'notification') this.#told(push);
            else if (push.type === 'notification_read') this.#wasRead(push);
        });
    }

    /** All that is shown is read, in every window. */
    async read() {
        const [newest] = this.list;
        if (newest && this.unread) await this.desk.api.post('me/notifications/read', { until: newest.id });
    }

    async #refresh() {
        const heard = this.#heard;
        try {
            const { notifications, unread } = await this.desk.api.get(`me/notifications?limit=${NOTES}`);
            // An answer may be older than what was pushed while it was on its way.
            if (heard !== this.#heard) return this.#refresh();
            Object.assign(this, { list: notifications, unread });
            this.emit('change');
        } catch { /* The connection bar says that the server is away; the next welcome asks again. */ }
    }

    #told({ notification_id: id, kind, title, body, data, at, unread }) {
        // Around a crash of the server it may come twice; without an id another service said it.
        if (!id || this.list.some(note => note.id === id)) return;
        const note = { id, kind, title, body, data, at, read_at: null };
        this.list = [note, ...this.list].slice(0, NOTES);
        this.unread = unread;
        toast(kind === 'achievement' ? `Badge earned: ${title}` : title, this.leads(note) ?? {});
        this.emit('change');
    }

    #wasRead({ ids, until, unread }) {
        for (const note of this.list) if (ids?.includes(note.id) || until && note.id <= until) note.read_at ??= this.desk.now();
        this.unread = unread;
        this.emit('change');
    }
}
