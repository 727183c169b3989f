// The files under files/, and the browser client from protocol/, embedded by the compiler (C23). A file that is added there is
// added here: Tests/PageTests/files.test.mjs compares the two.

#include "CPages.h"

static const unsigned char index[] = {
#embed "files/index.html"
};
static const unsigned char prices[] = {
#embed "files/prices.html"
};
static const unsigned char progress[] = {
#embed "files/progress.html"
};
static const unsigned char base_css[] = {
#embed "files/assets/css/base.css"
};
static const unsigned char composer_css[] = {
#embed "files/assets/css/composer.css"
};
static const unsigned char frame_css[] = {
#embed "files/assets/css/frame.css"
};
static const unsigned char gate_css[] = {
#embed "files/assets/css/gate.css"
};
static const unsigned char message_css[] = {
#embed "files/assets/css/message.css"
};
static const unsigned char overlay_css[] = {
#embed "files/assets/css/overlay.css"
};
static const unsigned char portfolio_css[] = {
#embed "files/assets/css/portfolio.css"
};
static const unsigned char prices_css[] = {
#embed "files/assets/css/prices.css"
};
static const unsigned char progress_css[] = {
#embed "files/assets/css/progress.css"
};
static const unsigned char sign_in_css[] = {
#embed "files/assets/css/sign-in.css"
};
static const unsigned char tokens_css[] = {
#embed "files/assets/css/tokens.css"
};
static const unsigned char account_js[] = {
#embed "files/assets/js/account.js"
};
static const unsigned char api_js[] = {
#embed "files/assets/js/api.js"
};
static const unsigned char attention_js[] = {
#embed "files/assets/js/attention.js"
};
static const unsigned char avatar_js[] = {
#embed "files/assets/js/avatar.js"
};
static const unsigned char bell_js[] = {
#embed "files/assets/js/bell.js"
};
static const unsigned char blank_js[] = {
#embed "files/assets/js/blank.js"
};
static const unsigned char bounds_js[] = {
#embed "files/assets/js/bounds.js"
};
static const unsigned char completion_js[] = {
#embed "files/assets/js/completion.js"
};
static const unsigned char composer_js[] = {
#embed "files/assets/js/composer.js"
};
static const unsigned char connection_bar_js[] = {
#embed "files/assets/js/connection-bar.js"
};
static const unsigned char conversation_js[] = {
#embed "files/assets/js/conversation.js"
};
static const unsigned char dom_js[] = {
#embed "files/assets/js/dom.js"
};
static const unsigned char email_code_js[] = {
#embed "files/assets/js/email-code.js"
};
static const unsigned char emoji_js[] = {
#embed "files/assets/js/emoji.js"
};
static const unsigned char enter_js[] = {
#embed "files/assets/js/enter.js"
};
static const unsigned char first_js[] = {
#embed "files/assets/js/first.js"
};
static const unsigned char fold_js[] = {
#embed "files/assets/js/fold.js"
};
static const unsigned char format_js[] = {
#embed "files/assets/js/format.js"
};
static const unsigned char frame_js[] = {
#embed "files/assets/js/frame.js"
};
static const unsigned char gate_fields_js[] = {
#embed "files/assets/js/gate-fields.js"
};
static const unsigned char gate_panel_js[] = {
#embed "files/assets/js/gate-panel.js"
};
static const unsigned char gate_trial_js[] = {
#embed "files/assets/js/gate-trial.js"
};
static const unsigned char gate_js[] = {
#embed "files/assets/js/gate.js"
};
static const unsigned char key_sheet_js[] = {
#embed "files/assets/js/key-sheet.js"
};
static const unsigned char keys_js[] = {
#embed "files/assets/js/keys.js"
};
static const unsigned char main_js[] = {
#embed "files/assets/js/main.js"
};
static const unsigned char markup_js[] = {
#embed "files/assets/js/markup.js"
};
static const unsigned char message_actions_js[] = {
#embed "files/assets/js/message-actions.js"
};
static const unsigned char message_view_js[] = {
#embed "files/assets/js/message-view.js"
};
static const unsigned char moderation_js[] = {
#embed "files/assets/js/moderation.js"
};
static const unsigned char notes_js[] = {
#embed "files/assets/js/notes.js"
};
static const unsigned char notification_settings_js[] = {
#embed "files/assets/js/notification-settings.js"
};
static const unsigned char overlay_js[] = {
#embed "files/assets/js/overlay.js"
};
static const unsigned char own_emails_js[] = {
#embed "files/assets/js/own-emails.js"
};
static const unsigned char own_name_js[] = {
#embed "files/assets/js/own-name.js"
};
static const unsigned char own_wallets_js[] = {
#embed "files/assets/js/own-wallets.js"
};
static const unsigned char people_js[] = {
#embed "files/assets/js/people.js"
};
static const unsigned char person_js[] = {
#embed "files/assets/js/person.js"
};
static const unsigned char pins_js[] = {
#embed "files/assets/js/pins.js"
};
static const unsigned char prices_alert_form_js[] = {
#embed "files/assets/js/prices/alert-form.js"
};
static const unsigned char prices_alert_view_js[] = {
#embed "files/assets/js/prices/alert-view.js"
};
static const unsigned char prices_alert_words_js[] = {
#embed "files/assets/js/prices/alert-words.js"
};
static const unsigned char prices_alerts_js[] = {
#embed "files/assets/js/prices/alerts.js"
};
static const unsigned char prices_candle_chart_js[] = {
#embed "files/assets/js/prices/candle-chart.js"
};
static const unsigned char prices_candle_series_js[] = {
#embed "files/assets/js/prices/candle-series.js"
};
static const unsigned char prices_candle_shelf_js[] = {
#embed "files/assets/js/prices/candle-shelf.js"
};
static const unsigned char prices_chart_painter_js[] = {
#embed "files/assets/js/prices/chart-painter.js"
};
static const unsigned char prices_chart_pointer_js[] = {
#embed "files/assets/js/prices/chart-pointer.js"
};
static const unsigned char prices_chart_scale_js[] = {
#embed "files/assets/js/prices/chart-scale.js"
};
static const unsigned char prices_chart_view_js[] = {
#embed "files/assets/js/prices/chart-view.js"
};
static const unsigned char prices_decimal_js[] = {
#embed "files/assets/js/prices/decimal.js"
};
static const unsigned char prices_desk_js[] = {
#embed "files/assets/js/prices/desk.js"
};
static const unsigned char prices_history_js[] = {
#embed "files/assets/js/prices/history.js"
};
static const unsigned char prices_main_js[] = {
#embed "files/assets/js/prices/main.js"
};
static const unsigned char prices_page_js[] = {
#embed "files/assets/js/prices/page.js"
};
static const unsigned char prices_place_js[] = {
#embed "files/assets/js/prices/place.js"
};
static const unsigned char prices_portfolio_rail_js[] = {
#embed "files/assets/js/prices/portfolio-rail.js"
};
static const unsigned char prices_portfolio_view_js[] = {
#embed "files/assets/js/prices/portfolio-view.js"
};
static const unsigned char prices_portfolios_js[] = {
#embed "files/assets/js/prices/portfolios.js"
};
static const unsigned char prices_quota_bar_js[] = {
#embed "files/assets/js/prices/quota-bar.js"
};
static const unsigned char prices_quota_js[] = {
#embed "files/assets/js/prices/quota.js"
};
static const unsigned char prices_risk_view_js[] = {
#embed "files/assets/js/prices/risk-view.js"
};
static const unsigned char prices_risks_js[] = {
#embed "files/assets/js/prices/risks.js"
};
static const unsigned char prices_stored_list_js[] = {
#embed "files/assets/js/prices/stored-list.js"
};
static const unsigned char prices_watch_list_js[] = {
#embed "files/assets/js/prices/watch-list.js"
};
static const unsigned char prices_watch_row_js[] = {
#embed "files/assets/js/prices/watch-row.js"
};
static const unsigned char prices_watch_view_js[] = {
#embed "files/assets/js/prices/watch-view.js"
};
static const unsigned char prices_words_js[] = {
#embed "files/assets/js/prices/words.js"
};
static const unsigned char poll_js[] = {
#embed "files/assets/js/poll.js"
};
static const unsigned char profile_menu_js[] = {
#embed "files/assets/js/profile-menu.js"
};
static const unsigned char progress_badge_view_js[] = {
#embed "files/assets/js/progress/badge-view.js"
};
static const unsigned char progress_board_js[] = {
#embed "files/assets/js/progress/board.js"
};
static const unsigned char progress_board_view_js[] = {
#embed "files/assets/js/progress/board-view.js"
};
static const unsigned char progress_desk_js[] = {
#embed "files/assets/js/progress/desk.js"
};
static const unsigned char progress_main_js[] = {
#embed "files/assets/js/progress/main.js"
};
static const unsigned char progress_page_js[] = {
#embed "files/assets/js/progress/page.js"
};
static const unsigned char progress_place_js[] = {
#embed "files/assets/js/progress/place.js"
};
static const unsigned char progress_standing_view_js[] = {
#embed "files/assets/js/progress/standing-view.js"
};
static const unsigned char room_dialogs_js[] = {
#embed "files/assets/js/room-dialogs.js"
};
static const unsigned char room_list_js[] = {
#embed "files/assets/js/room-list.js"
};
static const unsigned char room_model_js[] = {
#embed "files/assets/js/room-model.js"
};
static const unsigned char room_state_js[] = {
#embed "files/assets/js/room-state.js"
};
static const unsigned char router_js[] = {
#embed "files/assets/js/router.js"
};
static const unsigned char rows_js[] = {
#embed "files/assets/js/rows.js"
};
static const unsigned char scroller_js[] = {
#embed "files/assets/js/scroller.js"
};
static const unsigned char search_js[] = {
#embed "files/assets/js/search.js"
};
static const unsigned char session_js[] = {
#embed "files/assets/js/session.js"
};
static const unsigned char side_panel_js[] = {
#embed "files/assets/js/side-panel.js"
};
static const unsigned char sign_in_js[] = {
#embed "files/assets/js/sign-in.js"
};
static const unsigned char theme_js[] = {
#embed "files/assets/js/theme.js"
};
static const unsigned char thread_js[] = {
#embed "files/assets/js/thread.js"
};
static const unsigned char wallet_list_js[] = {
#embed "files/assets/js/wallet-list.js"
};
static const unsigned char wallets_js[] = {
#embed "files/assets/js/wallets.js"
};
static const unsigned char workspace_js[] = {
#embed "files/assets/js/workspace.js"
};
static const unsigned char client_js[] = {
#embed "../../../protocol/client/stoa.js"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define JAVASCRIPT "text/javascript; charset=utf-8"
#define PAGE(path, type, bytes) {path, type, bytes, sizeof bytes}

static const struct stoa_page pages[] = {
    PAGE("/", HTML, index),
    PAGE("/prices", HTML, prices),
    PAGE("/progress", HTML, progress),
    PAGE("/assets/css/base.css", CSS, base_css),
    PAGE("/assets/css/composer.css", CSS, composer_css),
    PAGE("/assets/css/frame.css", CSS, frame_css),
    PAGE("/assets/css/gate.css", CSS, gate_css),
    PAGE("/assets/css/message.css", CSS, message_css),
    PAGE("/assets/css/overlay.css", CSS, overlay_css),
    PAGE("/assets/css/portfolio.css", CSS, portfolio_css),
    PAGE("/assets/css/prices.css", CSS, prices_css),
    PAGE("/assets/css/progress.css", CSS, progress_css),
    PAGE("/assets/css/sign-in.css", CSS, sign_in_css),
    PAGE("/assets/css/tokens.css", CSS, tokens_css),
    PAGE("/assets/js/account.js", JAVASCRIPT, account_js),
    PAGE("/assets/js/api.js", JAVASCRIPT, api_js),
    PAGE("/assets/js/attention.js", JAVASCRIPT, attention_js),
    PAGE("/assets/js/avatar.js", JAVASCRIPT, avatar_js),
    PAGE("/assets/js/bell.js", JAVASCRIPT, bell_js),
    PAGE("/assets/js/blank.js", JAVASCRIPT, blank_js),
    PAGE("/assets/js/bounds.js", JAVASCRIPT, bounds_js),
    PAGE("/assets/js/completion.js", JAVASCRIPT, completion_js),
    PAGE("/assets/js/composer.js", JAVASCRIPT, composer_js),
    PAGE("/assets/js/connection-bar.js", JAVASCRIPT, connection_bar_js),
    PAGE("/assets/js/conversation.js", JAVASCRIPT, conversation_js),
    PAGE("/assets/js/dom.js", JAVASCRIPT, dom_js),
    PAGE("/assets/js/email-code.js", JAVASCRIPT, email_code_js),
    PAGE("/assets/js/emoji.js", JAVASCRIPT, emoji_js),
    PAGE("/assets/js/enter.js", JAVASCRIPT, enter_js),
    PAGE("/assets/js/first.js", JAVASCRIPT, first_js),
    PAGE("/assets/js/fold.js", JAVASCRIPT, fold_js),
    PAGE("/assets/js/format.js", JAVASCRIPT, format_js),
    PAGE("/assets/js/frame.js", JAVASCRIPT, frame_js),
    PAGE("/assets/js/gate-fields.js", JAVASCRIPT, gate_fields_js),
    PAGE("/assets/js/gate-panel.js", JAVASCRIPT, gate_panel_js),
    PAGE("/assets/js/gate-trial.js", JAVASCRIPT, gate_trial_js),
    PAGE("/assets/js/gate.js", JAVASCRIPT, gate_js),
    PAGE("/assets/js/key-sheet.js", JAVASCRIPT, key_sheet_js),
    PAGE("/assets/js/keys.js", JAVASCRIPT, keys_js),
    PAGE("/assets/js/main.js", JAVASCRIPT, main_js),
    PAGE("/assets/js/markup.js", JAVASCRIPT, markup_js),
    PAGE("/assets/js/message-actions.js", JAVASCRIPT, message_actions_js),
    PAGE("/assets/js/message-view.js", JAVASCRIPT, message_view_js),
    PAGE("/assets/js/moderation.js", JAVASCRIPT, moderation_js),
    PAGE("/assets/js/notes.js", JAVASCRIPT, notes_js),
    PAGE("/assets/js/notification-settings.js", JAVASCRIPT, notification_settings_js),
    PAGE("/assets/js/overlay.js", JAVASCRIPT, overlay_js),
    PAGE("/assets/js/own-emails.js", JAVASCRIPT, own_emails_js),
    PAGE("/assets/js/own-name.js", JAVASCRIPT, own_name_js),
    PAGE("/assets/js/own-wallets.js", JAVASCRIPT, own_wallets_js),
    PAGE("/assets/js/people.js", JAVASCRIPT, people_js),
    PAGE("/assets/js/person.js", JAVASCRIPT, person_js),
    PAGE("/assets/js/pins.js", JAVASCRIPT, pins_js),
    PAGE("/assets/js/prices/alert-form.js", JAVASCRIPT, prices_alert_form_js),
    PAGE("/assets/js/prices/alert-view.js", JAVASCRIPT, prices_alert_view_js),
    PAGE("/assets/js/prices/alert-words.js", JAVASCRIPT, prices_alert_words_js),
    PAGE("/assets/js/prices/alerts.js", JAVASCRIPT, prices_alerts_js),
    PAGE("/assets/js/prices/candle-chart.js", JAVASCRIPT, prices_candle_chart_js),
    PAGE("/assets/js/prices/candle-series.js", JAVASCRIPT, prices_candle_series_js),
    PAGE("/assets/js/prices/candle-shelf.js", JAVASCRIPT, prices_candle_shelf_js),
    PAGE("/assets/js/prices/chart-painter.js", JAVASCRIPT, prices_chart_painter_js),
    PAGE("/assets/js/prices/chart-pointer.js", JAVASCRIPT, prices_chart_pointer_js),
    PAGE("/assets/js/prices/chart-scale.js", JAVASCRIPT, prices_chart_scale_js),
    PAGE("/assets/js/prices/chart-view.js", JAVASCRIPT, prices_chart_view_js),
    PAGE("/assets/js/prices/decimal.js", JAVASCRIPT, prices_decimal_js),
    PAGE("/assets/js/prices/desk.js", JAVASCRIPT, prices_desk_js),
    PAGE("/assets/js/prices/history.js", JAVASCRIPT, prices_history_js),
    PAGE("/assets/js/prices/main.js", JAVASCRIPT, prices_main_js),
    PAGE("/assets/js/prices/page.js", JAVASCRIPT, prices_page_js),
    PAGE("/assets/js/prices/place.js", JAVASCRIPT, prices_place_js),
    PAGE("/assets/js/prices/portfolio-rail.js", JAVASCRIPT, prices_portfolio_rail_js),
    PAGE("/assets/js/prices/portfolio-view.js", JAVASCRIPT, prices_portfolio_view_js),
    PAGE("/assets/js/prices/portfolios.js", JAVASCRIPT, prices_portfolios_js),
    PAGE("/assets/js/prices/quota-bar.js", JAVASCRIPT, prices_quota_bar_js),
    PAGE("/assets/js/prices/quota.js", JAVASCRIPT, prices_quota_js),
    PAGE("/assets/js/prices/risk-view.js", JAVASCRIPT, prices_risk_view_js),
    PAGE("/assets/js/prices/risks.js", JAVASCRIPT, prices_risks_js),
    PAGE("/assets/js/prices/stored-list.js", JAVASCRIPT, prices_stored_list_js),
    PAGE("/assets/js/prices/watch-list.js", JAVASCRIPT, prices_watch_list_js),
    PAGE("/assets/js/prices/watch-row.js", JAVASCRIPT, prices_watch_row_js),
    PAGE("/assets/js/prices/watch-view.js", JAVASCRIPT, prices_watch_view_js),
    PAGE("/assets/js/prices/words.js", JAVASCRIPT, prices_words_js),
    PAGE("/assets/js/poll.js", JAVASCRIPT, poll_js),
    PAGE("/assets/js/profile-menu.js", JAVASCRIPT, profile_menu_js),
    PAGE("/assets/js/progress/badge-view.js", JAVASCRIPT, progress_badge_view_js),
    PAGE("/assets/js/progress/board.js", JAVASCRIPT, progress_board_js),
    PAGE("/assets/js/progress/board-view.js", JAVASCRIPT, progress_board_view_js),
    PAGE("/assets/js/progress/desk.js", JAVASCRIPT, progress_desk_js),
    PAGE("/assets/js/progress/main.js", JAVASCRIPT, progress_main_js),
    PAGE("/assets/js/progress/page.js", JAVASCRIPT, progress_page_js),
    PAGE("/assets/js/progress/place.js", JAVASCRIPT, progress_place_js),
    PAGE("/assets/js/progress/standing-view.js", JAVASCRIPT, progress_standing_view_js),
    PAGE("/assets/js/room-dialogs.js", JAVASCRIPT, room_dialogs_js),
    PAGE("/assets/js/room-list.js", JAVASCRIPT, room_list_js),
    PAGE("/assets/js/room-model.js", JAVASCRIPT, room_model_js),
    PAGE("/assets/js/room-state.js", JAVASCRIPT, room_state_js),
    PAGE("/assets/js/router.js", JAVASCRIPT, router_js),
    PAGE("/assets/js/rows.js", JAVASCRIPT, rows_js),
    PAGE("/assets/js/scroller.js", JAVASCRIPT, scroller_js),
    PAGE("/assets/js/search.js", JAVASCRIPT, search_js),
    PAGE("/assets/js/session.js", JAVASCRIPT, session_js),
    PAGE("/assets/js/side-panel.js", JAVASCRIPT, side_panel_js),
    PAGE("/assets/js/sign-in.js", JAVASCRIPT, sign_in_js),
    PAGE("/assets/js/theme.js", JAVASCRIPT, theme_js),
    PAGE("/assets/js/thread.js", JAVASCRIPT, thread_js),
    PAGE("/assets/js/wallet-list.js", JAVASCRIPT, wallet_list_js),
    PAGE("/assets/js/wallets.js", JAVASCRIPT, wallets_js),
    PAGE("/assets/js/workspace.js", JAVASCRIPT, workspace_js),
    PAGE("/client/stoa.js", JAVASCRIPT, client_js),
};

unsigned long stoa_page_count(void) {
    return sizeof pages / sizeof *pages;
}

const struct stoa_page *stoa_page_at(unsigned long index) {
    return index < stoa_page_count() ? &pages[index] : 0;
}
