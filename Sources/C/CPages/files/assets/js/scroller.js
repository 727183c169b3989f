// A list that people read from its end. What is being read stays where it is, whatever comes above or below.

const AT_END = 40;
/** Fetch the next page this far before its place comes into view. */
const EARLY = 600;

export class Scroller {
    #sticks = true;
    #frame = null;

    constructor(element, list, { before, after, moved }) {
        Object.assign(this, { element, list, before, after, moved });
        element.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        // A composer that grows or a keyboard that opens must not hide the last message.
        new ResizeObserver(() => { if (this.#sticks) this.toEnd(); }).observe(element);
        new ResizeObserver(() => { if (this.#sticks) this.toEnd(); }).observe(list);
    }

    get isAtEnd() { return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < AT_END; }

    #scrolled() {
        this.#sticks = this.isAtEnd;
        this.#frame ??= requestAnimationFrame(() => {
            this.#frame = null;
            const { scrollTop, scrollHeight, clientHeight } = this.element;
            if (scrollTop < EARLY) this.before();
            if (scrollHeight - scrollTop - clientHeight < EARLY) this.after();
            this.moved();
        });
    }

    /** Runs `change` and then puts the first visible row back to where it was on the screen. */
    keep(change) {
        if (this.#sticks) {
            change();
            return this.toEnd();
        }
        const edge = this.element.getBoundingClientRect().top;
        const row = [...this.list.children].find(child => child.rowKey && child.getBoundingClientRect().bottom > edge);
        const { rowKey } = row ?? {};
        const was = row?.getBoundingClientRect().top;
        change();
        const same = row?.isConnected ? row : [...this.list.children].find(child => child.rowKey === rowKey);
        if (same && was !== undefined) this.element.scrollTop += same.getBoundingClientRect().top - was;
    }

    toEnd() {
        this.#sticks = true;
        this.element.scrollTop = this.element.scrollHeight;
    }

    to(row, { block = 'center' } = {}) {
        this.#sticks = false;
        row.scrollIntoView({ block });
        this.#sticks = this.isAtEnd;
    }

    release() { this.#sticks = false; }
    get sticks() { return this.#sticks; }
}
