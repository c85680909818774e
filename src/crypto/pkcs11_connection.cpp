#include "crypto/pkcs11_connection.h"

#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/pkcs11_module.h"

namespace lindung::crypto {
namespace {

constexpr int most_tries = 2;

// Answers after which nothing that was opened counts any more.
bool is_lost(CK_RV answer) {
  switch (answer) {
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_DEVICE_ERROR:
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT: return true;
    default: return false;
  }
}

// Labels are padded with spaces to 32 characters.
std::string_view label_of(const CK_TOKEN_INFO& token) {
  std::string_view out{reinterpret_cast<const char*>(token.label), sizeof token.label};
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

}  // namespace

Pkcs11Connection::~Pkcs11Connection() {
  const std::scoped_lock lock{mutex_};
  if (connected_in_ == ::getpid()) drop_locked();
}

Result<CK_SLOT_ID> Pkcs11Connection::slot_of_token() const {
  CK_ULONG count = 0;
  auto answer = calls().C_GetSlotList(CK_TRUE, nullptr, &count);
  if (answer != CKR_OK) return pkcs11_error("C_GetSlotList", answer);
  std::vector<CK_SLOT_ID> slots(count);
  answer = calls().C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (answer != CKR_OK) return pkcs11_error("C_GetSlotList", answer);
  slots.resize(std::min<std::size_t>(slots.size(), count));
  for (const auto slot : slots) {
    CK_TOKEN_INFO token{};
    if (calls().C_GetTokenInfo(slot, &token) != CKR_OK) continue;
    if ((token.flags & CKF_TOKEN_INITIALIZED) != 0 && label_of(token) == label_) return slot;
  }
  return fail(Errc::not_found, "no PKCS#11 token of that label");
}

Result<void> Pkcs11Connection::connect() {
  const std::scoped_lock lock{mutex_};
  return connect_locked();
}

Result<void> Pkcs11Connection::connect_locked() {
  // What a parent opened is the parent's.
  if (connected_ && connected_in_ != ::getpid()) {
    idle_.clear();
    connected_ = false;
  }
  if (connected_) return ok();
  if (pin_was_refused_) return fail(Errc::denied, "the PIN was refused before");
  TRYV(module_->start());
  TRY(slot, slot_of_token());
  CK_SESSION_HANDLE session = 0;
  auto answer = calls().C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
  if (answer != CKR_OK) return pkcs11_error("C_OpenSession", answer);
  auto pin = pin_;  // the call takes no const
  answer = calls().C_Login(session, CKU_USER, pin.data(), pin.size());
  if (answer != CKR_OK && answer != CKR_USER_ALREADY_LOGGED_IN) {
    calls().C_CloseSession(session);
    auto error = pkcs11_error("C_Login", answer);
    pin_was_refused_ = error.code == Errc::denied;
    return error;
  }
  slot_ = slot;
  first_ = session;
  connected_ = true;
  connected_in_ = ::getpid();
  ++life_;
  return ok();
}

void Pkcs11Connection::drop_locked() {
  if (!connected_) return;
  for (const auto session : idle_) calls().C_CloseSession(session);
  idle_.clear();
  calls().C_CloseSession(first_);
  connected_ = false;
}

Result<Pkcs11Session> Pkcs11Connection::borrow(Access access) {
  const std::scoped_lock lock{mutex_};
  TRYV(connect_locked());
  Pkcs11Session out{.handle = 0, .life = life_};
  if (access == Access::read && !idle_.empty()) {
    out.handle = idle_.back();
    idle_.pop_back();
    return out;
  }
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (access == Access::write ? CKF_RW_SESSION : CK_FLAGS{0});
  auto answer = calls().C_OpenSession(slot_, flags, nullptr, nullptr, &out.handle);
  if (is_lost(answer)) {
    drop_locked();
    TRYV(connect_locked());
    out.life = life_;
    answer = calls().C_OpenSession(slot_, flags, nullptr, nullptr, &out.handle);
  }
  if (answer != CKR_OK) return pkcs11_error("C_OpenSession", answer);
  return out;
}

void Pkcs11Connection::finish(const Pkcs11Session& session, Access access, CK_RV answer) {
  const std::scoped_lock lock{mutex_};
  if (answer == CKR_OK && access == Access::read && connected_ && session.life == life_) {
    idle_.push_back(session.handle);
    return;
  }
  calls().C_CloseSession(session.handle);
  if (is_lost(answer) && session.life == life_) drop_locked();
}

Result<void> Pkcs11Connection::run(const char* call, Access access, const Use& use) {
  for (int tries = 1;; ++tries) {
    TRY(session, borrow(access));
    const auto answer = use(session);
    finish(session, access, answer);
    if (answer == CKR_OK) return ok();
    if (!is_lost(answer) || tries == most_tries) return pkcs11_error(call, answer);
  }
}

}  // namespace lindung::crypto
