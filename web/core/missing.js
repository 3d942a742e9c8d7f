/**
 * What to tell who opens a link to a trace that this server does not have: which file to ask for, and how it gets open. Pure.
 */
import {NAME_MOST} from "./link.js";
import {decode} from "./link_words.js";

/** The name of the trace's file, as a link that was copied tells it; "" it does not. @param {string} hash of the address */
export function wantedName(hash) {
    const part = /(?:^#?|&)name=([^&]*)/.exec(hash)?.[1] ?? "";
    return Array.from(decode(part)).filter((sign) => sign >= " " && sign !== "\x7f").join("").slice(0, NAME_MOST).trim();
}

/** A name as one word of a command line. @param {string} name */
const shellWord = (name) => (/^[\w./+:@%-]+$/.test(name) && !name.startsWith("-") ? name : `'${`${name.startsWith("-") ? "./" : ""}${name}`.replace(/'/g, "'\\''")}'`);

/**
 * @param {string} trace id in the address @param {string} name of its file, "" not known
 * @returns {{title: string, words: string[], command: string, after: string[]}}
 */
export function missingWords(trace, name) {
    const isId = /^[0-9a-f]{32}$/.test(trace);
    if (!isId) return {title: "No such trace", words: [`“${trace.slice(0, 60)}” is no id of a trace: an id has 32 of the digits 0-9 and a-f. Was the link cut off?`], command: "", after: []};
    return {
        title: name === "" ? "This trace is not here" : `${name} is not here`,
        words: [
            name === "" ? "The link is to a trace that this server has not read, or that was removed from it."
                : `The link is to the trace ${name}, which this server has not read, or which was removed from it.`,
            `Its id is ${trace}. The id is made from the bytes of the file alone: the same file gets the same id everywhere, whatever its name, and compressed or not.`,
            `Ask who sent the link for the file${name === "" ? "" : ` ${name}`}, and open it:`,
        ],
        command: `tilescope ${name === "" ? "FILE" : shellWord(name)}`,
        after: ["Then this link shows what it was made to show. If that program tells another address than that of this page, put what follows the first single slash of this link behind it."],
    };
}
