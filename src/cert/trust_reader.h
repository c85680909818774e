// Reads lists of trusted signers as they are published: certificates (DER, PEM), the EU gateway's list, the WHO
// network's DID documents (version 2), key sets of SMART Health Card issuers and directories of them, revocation lists
// of cards, batches of revocations of EU certificates, ICAO master lists. Which one it is, is found from the content.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/dcc_revocations.h"
#include "cert/trust_store.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {

class TrustReader {
 public:
  explicit TrustReader(TrustStore& store) noexcept : store_{store} {}

  // Errors: malformed for content that is no list. Single entries that cannot be used are passed over and counted.
  // `name`: of the file; a batch of revocations that has no id of its own is known by it, without its ending.
  [[nodiscard]] Result<void> add(BytesView content, std::size_t list, std::string_view name = {});
  [[nodiscard]] Result<void> add_json(const boost::json::value& content, std::size_t list, std::string_view name = {});
  void add_certificate(const crypto::X509Certificate& certificate, std::size_t list);
  // As the signer of health certificates, whatever else it is.
  void add_signer(const crypto::X509Certificate& certificate, std::size_t list);
  // A key set, a map of issuers to key sets, or a directory of issuers.
  [[nodiscard]] Result<void> add_jwks(const boost::json::value& content, std::size_t list);
  // A DID document, a list of them, or a map of DIDs to documents.
  [[nodiscard]] Result<void> add_did(const boost::json::value& content, std::size_t list);

  // Gives the revocation lists to the keys that they are about. Once, behind the last add.
  void finish();

  [[nodiscard]] std::size_t passed_over() const noexcept { return passed_over_; }

 private:
  // {"revokedKeys": [{"kid", "country"?}]}, or with the kids alone.
  [[nodiscard]] Result<void> add_revoked_keys(const boost::json::array& keys);
  [[nodiscard]] Result<void> add_batch(const boost::json::object& batch, std::string_view name);
  // The gateway's list of batches: those that it has taken back count no more, wherever they still stand.
  void add_batch_list(const boost::json::array& batches);
  void add_gateway_entry(const boost::json::object& entry, std::size_t list);
  void add_key_set(const boost::json::object& set, std::string_view issuer, std::size_t list);
  void add_pass_key(const boost::json::object& jwk, std::string_view issuer, std::size_t list);
  void add_directory(const boost::json::array& issuers, std::size_t list);
  void add_revocations(const boost::json::object& holder);
  void add_revocation_list(const boost::json::object& list);
  void add_document(const boost::json::object& document, std::size_t list);
  void add_method(const boost::json::object& method, std::string_view id, std::size_t list);

  struct PendingCardKey {
    std::string issuer;
    std::string kid;
    CardKey key;
  };
  struct Revocations {
    std::shared_ptr<const CardRevocations> list;  // null: faulty
  };
  TrustStore& store_;
  std::vector<PendingCardKey> card_keys_;
  std::map<std::string, Revocations, std::less<>> revocations_;  // by kid
  RevocationBatches batches_;
  std::vector<std::string> withdrawn_batches_;
  std::size_t passed_over_{};
};

}  // namespace lindung::cert
