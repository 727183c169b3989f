// Types of stoa.js. Shapes that come from the wire keep the wire's names (snake_case); see ../client-protocol.md.

export type Id = string;
/** Unix milliseconds. */
export type Millis = number;

export interface Person { id: Id; name: string; bot?: boolean }

export interface RoomInfo {
    id: Id; name: string; type: 'public' | 'private' | 'token_gated' | 'nft_gated';
    description?: string; max_participants?: number; locked?: boolean; slow_mode_ms?: number; read_receipts?: boolean; receipts?: boolean; announce_achievements?: boolean; active?: boolean;
    access_token_mint?: string | null; access_token_min_amount?: string | null; access_nft_collection?: string | null; gate?: object | null;
    [field: string]: unknown;
}

export interface Message {
    id: Id; author: Person; message_type: 'text' | 'document_share' | 'highlight' | 'system';
    content: string; reply_to: Id | null; mentions: (Id | Person)[]; client_id?: string | null;
    pinned: boolean; deleted: boolean; reactions: Record<string, { count: number; users: Id[] }>;
    /** In listings; pushes carry `seq` and `at` beside the message. */
    seq?: number; at?: Millis; edited_at?: Millis | null; reply_count?: number;
}

/** A numbered event of a room. */
export interface RoomEvent { type: string; room: Id; seq: number; at: Millis; message?: Message; message_id?: Id; [field: string]: unknown }

export interface Ack { type: 'ack'; room?: Id; message_id?: Id; seq?: number; at?: Millis; epoch?: string; offset?: number; duplicate?: boolean }

export interface Joined {
    type: 'joined'; room: RoomInfo; role: 'owner' | 'moderator' | 'member'; epoch: string; seq: number;
    people: Person[]; people_count: number; read_seq: number; unread: number; recovered: boolean; messages: Message[];
}

export interface HistoryPage { messages: Message[]; more_before: boolean; more_after: boolean }
export interface SearchPage { messages: Message[]; more_before: boolean }
export interface PresencePage { people: Person[]; people_count: number; cursor: string | null }
export interface HistoryRange { before?: number; after?: number; around?: number; limit?: number; thread?: Id }

/** A refusal of the server, or what kept a request from it: `offline`, `timeout`, `backpressure`, `too_large`, `outbox_full`, `discarded`. */
export class StoaError extends Error {
    constructor(fields: { code: string; message?: string; field?: string | null; retry_after_ms?: number | null; request_id?: string | null; details?: object });
    code: string;
    field: string | null;
    retry_after_ms: number | null;
    request_id: string | null;
    details: object;
    /** Whether the same request may succeed later. */
    readonly temporary: boolean;
}

export class Emitter<Events extends Record<string, any> = Record<string, any>> {
    /** Calls `listener` at each such event; returns the function that ends it. */
    on<Name extends keyof Events>(type: Name, listener: (detail: Events[Name]) => void): () => void;
    emit<Name extends keyof Events>(type: Name, detail?: Events[Name]): void;
}

export type ClientState =
    | { name: 'idle' }
    | { name: 'connecting' | 'live' | 'closed'; since: Millis }
    | { name: 'catching_up'; since: Millis; missed: number }
    | { name: 'offline'; since: Millis; retryAt: Millis | null; isTrying: boolean; attempt?: number; reason?: string; code?: number }
    /** Will not come back by itself: no valid token, banned from the server, told not to, or (1002, 1003, 1007, 1009) the program is at fault. */
    | { name: 'signed_out' | 'removed' | 'stopped'; since: Millis; reason: string; code?: number };

export type RoomState = 'idle' | 'joining' | 'live' | 'catching_up' | 'refused' | 'removed';

/** A message on its way. */
export interface OutboxEntry {
    clientId: string; room: Id; content: string; replyTo: Id | null; mentions?: Id[]; at: Millis;
    status: 'waiting' | 'sending' | 'sent' | 'refused' | 'discarded';
    error: Pick<StoaError, 'code' | 'message' | 'retry_after_ms' | 'request_id'> | null;
    /** When a temporary refusal will be tried again, or may be when its status is `refused`. */
    retryAt?: Millis | null;
    ack?: Ack;
}

export interface RoomEvents {
    /** After a removal `message` has the moderator's words, where there are any. */
    state: { state: RoomState; behind: number; error?: StoaError; reason?: string; message?: string | null };
    joined: Joined;
    /** What was shown of the room is void: show these instead. At the first join, and after a gap. */
    reset: { messages: Message[]; moreBefore: boolean; why: string; joined: Joined | null };
    /** Every numbered event, in order, each once; the four below are the same by kind. */
    event: RoomEvent;
    message: RoomEvent & { message: Message };
    updated: RoomEvent;
    deleted: RoomEvent;
    pinned: RoomEvent & { pinned: boolean };
    reaction: RoomEvent & { emoji: string; user: Person | Id; added: boolean; count: number };
    presence: { joined: Person[]; left: (Person | Id)[]; count: number; isWhole: boolean };
    typing: { user: Person | Id; typing: boolean; ttl_ms: number };
    /** Something about the room that this person should know, such as `gate_unverified`: they are still in. */
    warning: StoaError;
    read: { user: Person | Id; seq: number };
    /** The others have this person's messages from `from` to `seq`; in rooms with `receipts`. See `receiptOf`. */
    receipt: { from: number; seq: number; status: 'delivered' | 'read' };
    info: RoomInfo;
    outbox: OutboxEntry;
    push: { type: string; [field: string]: unknown };
}

export class Room extends Emitter<RoomEvents> {
    readonly id: Id;
    readonly state: RoomState;
    readonly joined: boolean;
    /** How many events are still to come after a resume. */
    readonly behind: number;
    readonly epoch: string | null;
    readonly seq: number;
    readonly role: Joined['role'] | null;
    readonly info: RoomInfo | null;
    readonly people: ReadonlyMap<Id, Person>;
    /** In rooms with `receipts` every message sent by `send` asks: what the others have of it; null for messages of other sessions. */
    receiptOf(seq: number): 'sent' | 'delivered' | 'read' | null;
    readonly peopleCount: number;
    readonly readSeq: number;
    readonly unread: number;
    readonly error: StoaError | null;
    readonly reason: string | null;
    /** The moderator's words at a removal, where there are any. */
    readonly message: string | null;
    readonly outbox: OutboxEntry[];
    /** Joins now or as soon as there is a connection, and stays joined across reconnects. */
    join(options?: { history?: number; invitation?: string; asset?: string }): Promise<Joined>;
    leave(): Promise<void>;
    /** Sends by way of the outbox; throws `outbox_full` when that is at its bound. */
    send(content: string, options?: { replyTo?: Id | null; mentions?: Id[] }): { clientId: string; sent: Promise<Ack> };
    /** Tries a refused message again, or takes it back. */
    retry(clientId: string): void;
    discard(clientId: string): void;
    edit(messageId: Id, content: string): Promise<Ack>;
    delete(messageId: Id): Promise<Ack>;
    pin(messageId: Id): Promise<Ack>;
    unpin(messageId: Id): Promise<Ack>;
    react(messageId: Id, emoji: string): Promise<Ack>;
    unreact(messageId: Id, emoji: string): Promise<Ack>;
    shareDocument(documentId: Id): Promise<Ack>;
    highlight(documentId: Id, highlight: { text: string; before?: string; after?: string; page?: number; coordinates?: unknown }): Promise<Ack>;
    history(range?: HistoryRange): Promise<HistoryPage>;
    search(query: string, range?: { limit?: number; before?: number }): Promise<SearchPage>;
    presence(range?: { cursor?: string; limit?: number }): Promise<PresencePage>;
    typing(isTyping: boolean): void;
    markRead(seq: number): void;
    /** Any request, with `room` filled in. */
    request(type: string, fields?: object): Promise<any>;
}

/** What was published on a topic. */
export interface Publication { type: 'publication'; channel: string; epoch?: string; offset?: number; at: Millis; data: unknown }

// Streams of values. Decimals are texts, exact to the last digit; what `fields` leaves out is not there.

export type Interval = '1m' | '5m' | '15m' | '1h' | '4h' | '1d';

/** `age_ms` where it is stale. */
export interface Price { price: string; confidence: 'high' | 'medium' | 'low' | 'stale'; at: Millis; age_ms?: number; volume?: string; source?: string }
/** On `price:{symbol}`, one for each value also where the server sends several in one message. */
export interface PriceUpdate extends Partial<Price> { type: 'price_update'; channel: string; offset: number; symbol: string }
export interface Candle { start: Millis; open: string; high: string; low: string; close: string; average_volume?: string; ticks: number }
/** On `candles:{symbol}:{interval}`: a candle as it is now. */
export interface CandleUpdate extends Candle { type: 'candle_update'; channel: string; offset: number; symbol: string; interval: Interval }
/** On `anomalies`: two sources of prices differ. */
export interface Anomaly { type: 'anomaly'; channel: 'anomalies'; offset: number; symbol: string; primary: string; secondary: string; percent?: string; primary_source: string; secondary_source: string; at: Millis }

export interface RiskScore {
    score: number; category: 'low' | 'medium' | 'high' | 'extreme';
    /** Each factor's own score, 0 to 100: `market_cap`, `volatility`, `liquidity`, `contract`, `sentiment`, `whales`. */
    breakdown: Record<string, string>;
    /** Factors whose inputs are unknown, and count 50. */
    assumed: string[];
    /** In percent, as it was used. */
    volatility: string; sources: Record<string, string>; at: Millis;
}
/** On `risk:{symbol}`. */
export interface RiskUpdate extends Partial<RiskScore> { type: 'risk_update'; channel: string; offset: number; symbol: string }

export interface Valuation {
    value: string;
    /** Since the opening of the first hour that began within the last 24 hours. */
    change?: string; change_share?: string;
    holdings: { symbol: string; value: string; share?: string }[];
    /** Holdings without a price: they count nothing. */
    missing: string[];
}
/** What `GET /portfolios/{id}` answers; `holdings` are amounts by symbol. */
export interface Portfolio { id: Id; name: string; owner: Id; holdings: Record<string, string>; shared_with?: Id[]; created_at: Millis; changed_at: Millis; valuation?: Valuation }
/** On `portfolio:{id}`. */
export interface PortfolioUpdate extends Partial<Valuation> { type: 'portfolio_update'; channel: string; offset: number; portfolio: Id }
/** A watch-list as it is now, on `watchlist:{id}`; `deleted` where there is no such list any more. */
export interface WatchlistUpdate { type: 'watchlist_update'; channel: string; offset: number; watchlist: Id; name?: string; symbols: string[]; version: number; changed_at?: number; deleted?: true }

/** A place on a leaderboard. Equal experience shares a rank. */
export interface Standing { rank: number; user: Person; xp: number }
/** What `GET /leaderboards/{board}` answers: the first ten, oneself, and five on either side. */
export interface Leaderboard { board: string; count: number; own: Standing | null; top: Standing[]; neighbours: Standing[] }
/** On `leaderboard:global`, `leaderboard:month` and `leaderboard:{room}`: the first ten. */
export interface LeaderboardUpdate { type: 'leaderboard_update'; channel: string; offset: number; board: string; count: number; top: Standing[] }

// What comes on the person's own channel, `me`: events `push` and `unread` of the client.

export type Rarity = 'common' | 'rare' | 'epic' | 'legendary';

/** In a room that tells of them it comes to the room as well, without `channel` and `offset`. */
export interface AchievementEarned {
    type: 'achievement_earned'; channel?: 'me'; offset?: number; notification_id?: Id; silent?: boolean;
    user: Person; achievement: Id; name: string; description?: string; rarity: Rarity; xp: number; room?: Id; at: Millis; mint?: string;
}
export interface Streak { days: number; deadline?: Millis }
/** Experience, level and streak as they are now. */
export interface ProgressUpdate { type: 'progress'; channel: 'me'; offset?: number; xp: number; level: number; next_level_xp: number; xp_to_next: number; streak: Streak }
export interface Badge { achievement: Id; name?: string; description?: string; rarity?: Rarity; xp: number; room?: Id; at: Millis; mint?: string }
/** What `GET /me/progress` answers: badges are what one has, achievements what one has not. */
export interface OwnProgress extends Omit<ProgressUpdate, 'type' | 'channel' | 'offset'> {
    user: Id; badges: Badge[];
    achievements: { id: Id; name: string; description?: string; rarity: Rarity; xp: number; current: string; target: string }[];
}

export interface Notification { type: 'notification'; channel: 'me'; offset?: number; notification_id: Id; kind: string; title: string; body: string; data: Record<string, unknown>; at: Millis; unread: number }
/** Read here or elsewhere: those named, or all up to `until`. */
export interface NotificationRead { type: 'notification_read'; channel: 'me'; offset?: number; ids?: Id[]; until?: Id; unread: number }

export type AlertKind = 'price' | 'portfolio_value' | 'risk_score';
export type AlertOperator = '>=' | '<=' | '>' | '<' | 'crosses';
/** What `/alerts` has. */
export interface Alert {
    id: Id; kind: AlertKind; symbol?: string; portfolio?: Id; operator: AlertOperator; value: string; repeat: 'on_crossing' | 'while_true' | 'once';
    cooldown_ms: number; note: string; active: boolean; made_at: Millis; last_triggered_at: Millis | null; trigger_count: number;
}
/** `price` of an alert on prices, else `current` is what was compared with `value`. `silent`: in quiet hours, or alerts are muted. */
export interface AlertTriggered {
    type: 'alert_triggered'; channel: 'me'; offset: number; alert: Id; kind: AlertKind; symbol?: string; portfolio?: Id; operator: AlertOperator; value: string;
    price?: string; current?: string; at: Millis; trigger_count: number; notification_id: Id; silent: boolean;
}
export interface UnreadUpdated { type: 'unread_updated'; channel: 'me'; offset: number; room: Id; unread: number; mentions: number }
/** Another connection of this person has read up to there. */
export interface ReadUpdated { type: 'read_updated'; channel?: 'me'; offset?: number; room: Id; user: Person | Id; seq: number }

/** What comes on channels that one subscribes. */
export type ChannelPush = Publication | PriceUpdate | CandleUpdate | Anomaly | RiskUpdate | PortfolioUpdate | WatchlistUpdate | LeaderboardUpdate;
/** What comes to a person. More kinds may come: look at `type` before anything else. */
export type PersonalPush = AchievementEarned | ProgressUpdate | Notification | NotificationRead | AlertTriggered | ReadUpdated;

export interface SubscribeOptions {
    /** Of streams of values: each symbol's newest one, at most every so many milliseconds. */
    minIntervalMs?: number;
    /** Values of several symbols in one message of the server; here each is still a `publication`. */
    batch?: boolean;
    /** The members that are wanted of each value, as `['price']`. */
    fields?: string[];
}

export class Subscription extends Emitter<{
    /** The server has answered: it had a value or a position of `count` channels. */
    subscribed: { channels: string[]; count: number };
    snapshot: { channel: string; epoch: string; offset: number; recovered?: boolean; values?: Record<string, unknown> };
    publication: ChannelPush | PersonalPush | UnreadUpdated;
    gap: { channel: string; from: number; to: number; reason: string };
    /** It cannot be had for now, as when a tier is used up: it is asked for again after `retry_after_ms`, two seconds at least. */
    delayed: StoaError;
    /**
     * The server refuses it, or takes it back: `not_found` or `forbidden` for a stream that one may not read, `not_joined` for a room's leaderboard from
     * outside, `price_unavailable`, `invalid_field` for a name that is none, `unavailable` where it is worth another try.
     */
    error: StoaError;
}> {
    /** The first of its channels. */
    readonly channel: string;
    readonly channels: string[];
    readonly active: boolean;
    readonly error: StoaError | null;
    /** From now on these channels: only what is new is asked for, and what is not among them is left. */
    setChannels(channels: string[]): Promise<void>;
    unsubscribe(): Promise<void>;
}

export interface Clock { now(): Millis; setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void }

export interface StoaClientOptions {
    url: string | URL;
    /** A token, or what fetches one; the latter is asked anew at each connect and before expiry. */
    token: string | (() => string | Promise<string>);
    /** Whose outbox to show before the server has said who we are; read from a fixed token if left out. */
    user?: Id | null;
    WebSocket?: any;
    /** Where the outbox lives; `localStorage` if left out, memory if null. */
    storage?: Storage | null;
    /** How many messages may wait (200). */
    outboxLimit?: number;
    clock?: Clock;
    random?: () => number;
    /** Where `online`, `offline` and `document` are found; `globalThis` if left out. */
    surroundings?: any;
}

export class StoaClient extends Emitter<{
    state: ClientState;
    welcome: { session: string; user: Person; at: Millis; ping_ms: number; expires_at?: Millis; limits: Record<string, number> };
    unread: UnreadUpdated;
    reconnect: { after_ms: number };
    push: PersonalPush;
    error: StoaError;
}> {
    constructor(options: StoaClientOptions);
    readonly state: ClientState;
    readonly user: Person | null;
    /** Whether requests can be made now. */
    readonly ready: boolean;
    connect(): void;
    close(): void;
    retryNow(): void;
    room(id: Id): Room;
    /** One channel or pattern, or several (at most 128) that have the same options. */
    subscribe(channels: string | string[], options?: SubscribeOptions): Subscription;
    publish(channel: string, data: unknown): Promise<Ack>;
    request(type: string, fields?: object, options?: { timeoutMs?: number; receive?: (reply: any) => void }): Promise<any>;
}

export const CLOSE_REASONS: Record<number, string>;
/** A token's claims, unchecked. */
export function tokenClaims(token: string): { sub?: Id; name?: string; exp?: number; [claim: string]: unknown };
