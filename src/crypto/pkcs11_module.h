// A PKCS#11 module loaded into this process: a library of the maker of a device, reached by its table of functions.
// Included by this folder's .cpp files only.
#pragma once

#include <p11-kit/pkcs11.h>
#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung::crypto {

class Pkcs11Module {
 public:
  // One for each path, loaded until the process ends: makers' libraries have threads that outlive a dlclose.
  // Shape: an absolute path. Errors: io if it cannot be loaded, unsupported if it is no module, unavailable if it does
  // not start.
  [[nodiscard]] static Result<std::shared_ptr<Pkcs11Module>> load(const std::string& path);

  // Starts it where it is not started: at first, and in a child of a fork, which has to do it again (PKCS#11 2.40 base
  // specification, section 5.4). Errors: unavailable.
  [[nodiscard]] Result<void> start();
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const noexcept { return *calls_; }

 private:
  explicit Pkcs11Module(CK_FUNCTION_LIST* calls) noexcept : calls_{calls} {}
  CK_FUNCTION_LIST* calls_;
  std::mutex starting_;
  pid_t started_in_{};
};

// What a call's answer means for our callers: denied for the PIN, not_found for the token, too_large, unavailable for
// all else. The detail has the call and the number, which the maker's manual explains.
[[nodiscard]] Error pkcs11_error(std::string_view call, CK_RV answer);

}  // namespace lindung::crypto
