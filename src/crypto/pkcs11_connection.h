// The way to one token: found by its label, opened with its PIN, with sessions that threads borrow. What was lost (a
// session, the device for a while) is made anew. Included by this folder's .cpp files only.
#pragma once

#include <p11-kit/pkcs11.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/pkcs11_module.h"

namespace lindung::crypto {

struct Pkcs11Session {
  CK_SESSION_HANDLE handle{};
  std::uint64_t life{};  // of the connection; handles of objects count for one of them
};

class Pkcs11Connection {
 public:
  enum class Access : std::uint8_t { read, write };
  using Use = std::function<CK_RV(const Pkcs11Session&)>;

  Pkcs11Connection(std::shared_ptr<Pkcs11Module> module, std::string label, SecretBytes pin) noexcept
      : module_{std::move(module)}, label_{std::move(label)}, pin_{std::move(pin)} {}
  Pkcs11Connection(const Pkcs11Connection&) = delete;
  Pkcs11Connection& operator=(const Pkcs11Connection&) = delete;
  ~Pkcs11Connection();

  // Errors (all): denied for the PIN, which is not tried a second time, since that would lock the token; not_found for
  // the token; unavailable.
  [[nodiscard]] Result<void> connect();
  // Calls use with a session that nobody else has meanwhile. Where that shows that the connection is lost, it is made
  // anew and use is called once more. `call` names it in an error.
  [[nodiscard]] Result<void> run(const char* call, Access access, const Use& use);
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const noexcept { return module_->calls(); }

 private:
  [[nodiscard]] Result<void> connect_locked();
  [[nodiscard]] Result<CK_SLOT_ID> slot_of_token() const;
  [[nodiscard]] Result<Pkcs11Session> borrow(Access access);
  void finish(const Pkcs11Session& session, Access access, CK_RV answer);
  void drop_locked();

  std::shared_ptr<Pkcs11Module> module_;
  std::string label_;
  SecretBytes pin_;
  std::mutex mutex_;
  bool pin_was_refused_{};
  bool connected_{};
  pid_t connected_in_{};
  CK_SLOT_ID slot_{};
  CK_SESSION_HANDLE first_{};  // stays open: a token forgets the login with its last session
  std::uint64_t life_{};
  std::vector<CK_SESSION_HANDLE> idle_;
};

}  // namespace lindung::crypto
