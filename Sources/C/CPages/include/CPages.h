/// The web pages that the server carries, as bytes of the binary.

#ifndef STOA_CPAGES_H
#define STOA_CPAGES_H

/// One file as a browser asks for it. Lives as long as the program.
struct stoa_page {
    /// Where it is asked for, from the root: `/`, `/assets/js/main.js`.
    const char *path;
    /// The value of its `Content-Type`.
    const char *content_type;
    /// Its content; no NUL follows.
    const unsigned char *bytes;
    /// How many bytes there are.
    unsigned long count;
};

/// How many pages there are.
unsigned long stoa_page_count(void);

/// The page at `index`, or a null pointer when `index` is not below the count.
const struct stoa_page *stoa_page_at(unsigned long index);

#endif
