// Importing a module in a process that has loaded nothing else: `import.js SPECIFIER`
const start = performance.now();
await import(process.argv[2]);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms }));
