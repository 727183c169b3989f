// What fingers, mice and pens do on a chart: move the crosshair, drag and wheel along, pinch, click a level, drag an alert's line.

/** A pointer that moved less than this was a click, and one so near to a line means the line: fingers are thicker. */
const NEAR = { mouse: 5, pen: 8, touch: 14 };

export class ChartPointer {
    #drag = null;
    /** Where each finger is, and how far two were apart. */
    #fingers = new Map();
    #apart = null;
    /** Where a click will be, and how near it counts. */
    #click = null;

    /** `chart` answers `point`, `drag`, `zoom`, `lineAt`, `moveLine`, `dropLine`, `pick`. */
    constructor(chart, element) {
        Object.assign(this, { chart, element });
        const on = (type, run, options) => element.addEventListener(type, run, options);
        on('pointermove', event => this.#moved(event));
        on('pointerdown', event => this.#pressed(event));
        on('pointerup', event => this.#released(event, true));
        on('pointercancel', event => this.#released(event, false));
        on('click', () => this.#clicked());
        on('pointerleave', () => { if (!this.#drag) chart.point(null); });
        on('wheel', event => this.#wheel(event), { passive: false });
    }

    #place(event) {
        const box = this.element.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    }

    #wheel(event) {
        event.preventDefault();
        if (event.ctrlKey) return this.chart.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
        this.chart.drag(Math.abs(event.deltaX) > Math.abs(event.deltaY) ? -event.deltaX : event.deltaY);
    }

    #pressed(event) {
        if (event.button !== 0) return;
        this.element.setPointerCapture(event.pointerId);
        this.#fingers.set(event.pointerId, event);
        const place = this.#place(event);
        // A finger that goes up and down scrolls the page: lines are dragged by what points more finely.
        const line = event.pointerType === 'touch' ? null : this.chart.lineAt(place.y, NEAR[event.pointerType] ?? NEAR.mouse);
        this.#drag = this.#fingers.size === 1 ? { from: place, last: place, line, isClick: true } : null;
    }

    #released(event, isUp) {
        const drag = this.#drag;
        this.#fingers.delete(event.pointerId);
        this.#drag = this.#apart = null;
        this.element.classList.remove('is-dragged');
        if (!drag) return;
        if (drag.line && !drag.isClick) this.chart.dropLine(drag.line, isUp);
        else this.#click = drag.isClick && isUp ? { place: drag.from, near: NEAR[event.pointerType] ?? NEAR.mouse } : null;
    }

    /** Not before the click itself: of a finger it comes later, and would go to what has been opened under it. */
    #clicked() {
        const click = this.#click;
        this.#click = null;
        if (click) this.chart.pick(click.place, click.near);
    }

    /** Two fingers draw the candles apart. */
    #pinched() {
        const [a, b] = [...this.#fingers.values()];
        const apart = Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
        if (this.#apart) this.chart.zoom(apart / this.#apart);
        this.#apart = apart;
    }

    #moved(event) {
        if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, event);
        if (this.#fingers.size === 2) return this.#pinched();
        const place = this.#place(event);
        if (this.#drag) this.#dragged(event, place);
        else if (event.pointerType !== 'touch') this.element.classList.toggle('is-on-line', Boolean(this.chart.lineAt(place.y, NEAR.mouse)));
        this.chart.point(place);
    }

    #dragged(event, place) {
        const drag = this.#drag;
        const near = NEAR[event.pointerType] ?? NEAR.mouse;
        if (drag.isClick && Math.hypot(place.x - drag.from.x, place.y - drag.from.y) < near) return;
        drag.isClick = false;
        if (drag.line) return this.chart.moveLine(drag.line, place.y);
        this.chart.drag(place.x - drag.last.x);
        drag.last = place;
        if (event.pointerType !== 'touch') this.element.classList.add('is-dragged');
    }
}
