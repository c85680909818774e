// What a border device and the travel server say to each other, as commands use it.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "border/device.h"
#include "crypto/ed25519.h"

namespace lindung::cli {

// What a document {"payload", "signature"} of the travel server says. Errors: malformed, bad_signature.
[[nodiscard]] Result<std::string> signed_payload(std::string_view document, std::string_view label,
                                                 const crypto::Ed25519PublicKey& signer);

// The signer that a travel server's key document names; it has signed the document itself. Whether it is the right
// one is for whoever fetched it. Errors: malformed, bad_signature.
[[nodiscard]] Result<crypto::Ed25519PublicKey> server_key_in(std::string_view document);

// Sealed for this device. Errors: as BorderNetwork.
[[nodiscard]] Result<Bytes> fetch_list(const border::Device& device, const std::string& url,
                                       const std::string& ca_file);

// What the server counted at this device's port on a day ("2026-11-22"), and who is expected there: {"port", "passed",
// "expected"}. Errors: as BorderNetwork; malformed.
[[nodiscard]] Result<boost::json::value> fetch_port_figures(const border::Device& device, const std::string& url,
                                                            const std::string& ca_file, const std::string& day);

// Sends all that was not sent, in order. {"sent", "taken", "conflicts": […]}. Errors: as BorderNetwork; what the server
// has taken is not sent again.
[[nodiscard]] Result<boost::json::value> reconcile(border::Device& device, const std::string& url,
                                                   const std::string& ca_file);

}  // namespace lindung::cli
