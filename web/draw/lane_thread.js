/**
 * Thread rows: as goroutine rows, since a thread that searches or sleeps in a system call is as quiet as a parked goroutine.
 */
import {goroutineRows} from "./lane_goroutine.js";

export const threadRows = {paint: goroutineRows.paint};
