// A stream by long polls, for what a WebSocket carries only to those who are seen in a room.

/** After a cut, where the server does not say when. */
const AGAIN_MS = 2_000;

export class Poll {
    #after = null;
    #abort = null;
    #timer = null;
    #isStopped = false;

    /** `heard(message)` gets what is said on the channel, `failed(error)` why no more comes: then it has stopped. */
    constructor(api, channel, { heard, failed }) {
        Object.assign(this, { api, channel, heard, failed });
        // Nobody reads a hidden page, and a browser has few connections to a server.
        this.seen = () => document.hidden ? this.#pause() : this.now();
        document.addEventListener('visibilitychange', this.seen);
        this.now();
    }

    stop() {
        this.#isStopped = true;
        document.removeEventListener('visibilitychange', this.seen);
        this.#pause();
    }

    /** Asks at once where it waits to try again. */
    now() {
        if (this.#isStopped || this.#abort || document.hidden) return;
        clearTimeout(this.#timer);
        this.#ask();
    }

    #pause() {
        clearTimeout(this.#timer);
        this.#abort?.abort();
        this.#abort = null;
    }

    async #ask() {
        const abort = this.#abort = new AbortController();
        const place = this.#after ? `&after=${encodeURIComponent(this.#after)}` : '';
        try {
            const { messages, next } = await this.api.get(`stream/poll?channel=${encodeURIComponent(this.channel)}${place}`, { signal: abort.signal });
            if (abort !== this.#abort) return;
            this.#after = next;
            for (const message of messages) this.heard(message);
            this.#abort = null;
            this.now();
        } catch (error) {
            if (abort !== this.#abort) return;
            this.#abort = null;
            this.#failed(error);
        }
    }

    #failed(error) {
        const isPassing = error.code === 'offline' || error.temporary;
        if (isPassing) this.#timer = setTimeout(() => this.now(), error.retry_after_ms ?? AGAIN_MS);
        else {
            this.stop();
            this.failed(error);
        }
    }
}
