import { subscribe, unsubscribe } from "node:diagnostics_channel";

/**
 * Counts and measures what azidentity does, with a meter of OpenTelemetry. Gives what ends that.
 *
 * The attributes are few on purpose: each combination of values is a time series of its own. The messages have clientId,
 * tenantId and scopes too; a service of many tenants does not want those.
 */
export function meterTokens(meter) {
	const hits = meter.createCounter("azidentity.hit", {
		description: "Calls of getToken that were answered from memory",
	});
	const misses = meter.createCounter("azidentity.miss", {
		description: "Calls of getToken that had to wait, by reason",
	});
	const refreshes = meter.createHistogram("azidentity.refresh.duration", {
		description: "How long it took to get a token, by outcome",
		unit: "ms",
	});
	const store = meter.createHistogram("azidentity.store.duration", {
		description: "How long readings and changes of the store took",
		unit: "ms",
	});
	const locks = meter.createHistogram("azidentity.lock.duration", {
		description: "How long other processes that fetch were waited for",
		unit: "ms",
	});

	const subscriptions = Object.entries({
		hit: () => hits.add(1),
		miss: ({ reason }) => misses.add(1, { reason }),
		refresh: ({ duration, isBehind, outcome }) =>
			refreshes.record(duration, { isBehind, outcome }),
		"store.read": ({ duration }) => store.record(duration, { what: "read" }),
		"store.write": ({ duration }) => store.record(duration, { what: "write" }),
		"lock.wait": ({ duration, outcome }) => locks.record(duration, { outcome }),
	});
	for (const [name, note] of subscriptions)
		subscribe(`azidentity:${name}`, note);
	return () => {
		for (const [name, note] of subscriptions)
			unsubscribe(`azidentity:${name}`, note);
	};
}
