/** Whether the status says that the service could not answer: too slow, too busy, or broken. */
export function isOutageStatus(status: number): boolean {
	return status === 408 || status === 429 || status >= 500;
}
