// What is used of WebAssembly, which Node has and whose types belong to the library of browsers.
declare namespace WebAssembly {
  /** False also where the module uses what this machine does not know. */
  function validate(bytes: Uint8Array): boolean;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance<Exports> {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, () => void>>>>);
    readonly exports: Exports;
  }
}
