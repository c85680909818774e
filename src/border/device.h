// A border device's folder: its identity (device.json, mode 0600) and its database (device.db). One process at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cert/card_code.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "store/database.h"

namespace lindung::border {

// Sign and seal keys of a device, as an operator registers them: 64 bytes.
using DeviceKeys = ByteArray<64>;

struct DeviceWish {
  std::string id;    // [a-z0-9.-]{1,64}; empty: made from its key
  std::string port;  // three letters
  std::string url;   // of the travel server; empty: lists come as files
  crypto::Ed25519PublicKey server;
};

struct DeviceIdentity {
  std::string id;
  std::string port;
  std::string url;
  crypto::Ed25519PrivateKey signing_key;
  crypto::X25519PrivateKey sealing_key;
  crypto::Ed25519PublicKey server;  // whose lists are believed
  Secret<32> row_key;               // seals what lies in the database

  [[nodiscard]] DeviceKeys public_keys() const;
};

class Device {
 public:
  // A new folder. Errors: conflict where one stands; invalid_argument; io.
  [[nodiscard]] static Result<void> init(const std::string& folder, const DeviceWish& wish);
  // Errors: not_found, malformed, conflict while another process has it open.
  [[nodiscard]] static Result<std::unique_ptr<Device>> open(const std::string& folder, const Clock& clock);

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() = default;

  [[nodiscard]] const DeviceIdentity& identity() const noexcept { return identity_; }
  [[nodiscard]] store::Database& database() const noexcept { return *database_; }
  [[nodiscard]] Moment now() const { return clock_.now(); }

  // The moment of a unit; what was done is never later than what is done next. Errors: clock_skew (number: the last
  // moment) when the clock was set back.
  [[nodiscard]] Result<Moment> tick(store::Transaction& transaction) const;

  // Whose codes are believed, as the last list says. Errors: database.
  [[nodiscard]] Result<std::shared_ptr<const cert::TravelKeys>> travel_keys(store::Transaction& transaction);
  void forget_travel_keys() noexcept { keys_.reset(); }
  // The key of a date's document marks; none: not told of.
  [[nodiscard]] Result<std::optional<Secret<32>>> document_key(store::Transaction& transaction, Day day) const;

 private:
  Device(DeviceIdentity identity, std::unique_ptr<store::Database> database, const Clock& clock)
      : identity_{std::move(identity)}, database_{std::move(database)}, clock_{clock} {}
  DeviceIdentity identity_;
  std::unique_ptr<store::Database> database_;
  const Clock& clock_;
  std::shared_ptr<const cert::TravelKeys> keys_;
};

// One value of the device's state.
[[nodiscard]] Result<std::optional<Bytes>> state(store::Transaction& transaction, std::string_view name);
[[nodiscard]] Result<void> set_state(store::Transaction& transaction, std::string_view name, BytesView value);
[[nodiscard]] Result<std::uint64_t> state_number(store::Transaction& transaction, std::string_view name);  // 0: none
[[nodiscard]] Result<void> set_state_number(store::Transaction& transaction, std::string_view name,
                                            std::uint64_t value);

}  // namespace lindung::border
