// A border device's words to the travel server: signed by its key (RFC 9421), over TLS where the address says so.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "border/device.h"
#include "gateway/signed_head.h"
#include "http/client.h"

namespace lindung::cli {

class BorderNetwork {
 public:
  // Errors: invalid_argument without an address; unavailable when nobody answers there.
  [[nodiscard]] static Result<BorderNetwork> connect(const border::DeviceIdentity& identity, const std::string& url,
                                                     const std::string& ca_file);
  // The body of the answer. Errors: the server's own; those of http::Client.
  [[nodiscard]] Result<std::string> post(const gateway::SignatureProfile& profile, std::string body, Moment now);

 private:
  BorderNetwork(const border::DeviceIdentity& identity, http::Client client, std::string authority)
      : identity_{identity}, client_{std::move(client)}, authority_{std::move(authority)} {}
  const border::DeviceIdentity& identity_;
  http::Client client_;
  std::string authority_;
};

}  // namespace lindung::cli
