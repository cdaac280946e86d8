// The library's diagnostics channels as OpenTelemetry metrics: counters for hits, misses and refreshes, histograms for how
// long refreshes and the store take. `meter.js` is what to copy; here a reader in memory takes the place of an exporter.
//
//   node examples/open-telemetry/main.js
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { metrics } from "@opentelemetry/api";
import {
	AggregationTemporality,
	InMemoryMetricExporter,
	MeterProvider,
	PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { ClientSecretCredential } from "azidentity";
import { meterTokens } from "./meter.js";

const STORAGE = "https://storage.azure.com/.default";

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const provider = new MeterProvider({
	readers: [new PeriodicExportingMetricReader({ exporter })],
});
metrics.setGlobalMeterProvider(provider);
const stop = meterTokens(metrics.getMeter("azidentity"));

const emulator = await startEmulator();
const directory = mkdtempSync(path.join(os.tmpdir(), "azidentity-example-"));
try {
	const { daemon } = emulator.apps;
	const newCredential = () =>
		new ClientSecretCredential(
			emulator.tenants.contoso.id,
			daemon.clientId,
			daemon.secrets[0],
			{
				authorityHost: emulator.authorityHost,
				disableInstanceDiscovery: true,
				tlsOptions: { ca: emulator.ca },
				tokenCachePersistenceOptions: {
					enabled: true,
					name: "open-telemetry",
					directory,
					// Only so that this runs in containers too, some of which have no place for keys.
					unsafeAllowUnencryptedStorage: true,
				},
			},
		);
	for (const credential of [newCredential(), newCredential()])
		for (let call = 0; call < 100; call += 1)
			await credential.getToken(STORAGE);

	await provider.forceFlush();
	const seen = {};
	const exported = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
	for (const { metrics: all } of exported)
		for (const { dataPoints, descriptor } of all)
			for (const { attributes, value } of dataPoints) {
				const { outcome = attributes.reason ?? "" } = attributes;
				const shown =
					typeof value === "number"
						? value
						: `${value.count} in ${value.sum.toFixed(1)} ms`;
				const name = [descriptor.name, outcome].filter(Boolean).join(" ");
				console.log(`${name}: ${shown}`);
				seen[name] = typeof value === "number" ? value : value.count;
			}
	assert.equal(seen["azidentity.hit"], 198);
	assert.equal(seen["azidentity.miss empty"], 2);
	assert.equal(seen["azidentity.refresh.duration granted"], 1);
	assert.equal(seen["azidentity.refresh.duration found"], 1);
	assert.ok(seen["azidentity.store.duration"] > 0);
} finally {
	stop();
	await provider.shutdown();
	await emulator.close();
	rmSync(directory, { recursive: true, force: true });
}
