#include "crypto/pkcs11_module.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung::crypto {
namespace {

Errc code_of(CK_RV answer) {
  switch (answer) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
    case CKR_USER_PIN_NOT_INITIALIZED: return Errc::denied;
    default: return Errc::unavailable;
  }
}

}  // namespace

Error pkcs11_error(std::string_view call, CK_RV answer) {
  return {.code = code_of(answer), .detail = fmt::format("{} answers 0x{:x}", call, answer)};
}

Result<std::shared_ptr<Pkcs11Module>> Pkcs11Module::load(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Pkcs11Module>> loaded;
  if (!path.starts_with('/')) return fail(Errc::io, "a PKCS#11 module is named by its whole path");
  const std::scoped_lock lock{mutex};
  if (const auto found = loaded.find(path); found != loaded.end()) return found->second;
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(Errc::io, "the PKCS#11 module cannot be loaded");
  const auto list_of = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* calls = nullptr;
  if (list_of == nullptr || list_of(&calls) != CKR_OK || calls == nullptr || calls->version.major != 2) {
    return fail(Errc::unsupported, "no PKCS#11 module of version 2");
  }
  const std::shared_ptr<Pkcs11Module> made{new Pkcs11Module{calls}};
  TRYV(made->start());
  loaded.emplace(path, made);
  return made;
}

Result<void> Pkcs11Module::start() {
  const std::scoped_lock lock{starting_};
  if (started_in_ == ::getpid()) return ok();
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;  // many threads call it
  const auto answer = calls_->C_Initialize(&arguments);
  if (answer != CKR_OK && answer != CKR_CRYPTOKI_ALREADY_INITIALIZED) return pkcs11_error("C_Initialize", answer);
  started_in_ = ::getpid();
  return ok();
}

}  // namespace lindung::crypto
