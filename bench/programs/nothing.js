// What Node takes to start and to say something: nothing that runs on it is faster.
console.log("{}");
