/** A clock that nobody sets, in milliseconds since some moment. It stands still while the machine sleeps. */
export const steadyClock = (): number => performance.now();
