/**
 * Work that somebody asked for and that may fail: they are told in words.
 */

/** @param {{say: (words: string) => void}} ctx @param {Promise<unknown>} work */
export function attempt({say}, work) {
    work.catch((error) => {
        if (error?.name !== "AbortError" && error?.code !== "aborted") say(error instanceof Error ? error.message : String(error));
    });
}
