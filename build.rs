//! Linker settings of the addon.

fn main() {
    napi_build::setup();

    // Wasmtime's signal handlers point into this library and can't be removed. Node unloads an
    // addon when the last worker thread that used it ends. Without this flag, the next signal
    // would then jump to unmapped memory.
    let target_os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if target_os == "linux" {
        println!("cargo:rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
