// All that is trusted for verifying certificates: signers by key id, issuers of SMART Health Cards by their address,
// DID keys, and the authorities of travel documents. Filled once, then shared by all threads and never changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/dcc_revocations.h"
#include "cert/signer.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {

// Where entries are from, and for how long that counts.
struct TrustList {
  std::string origin;                // an address or the name of a file
  std::optional<Moment> fetched;     // none: as fresh as the question that it came with
  std::optional<seconds> fresh_for;  // none: no limit
  [[nodiscard]] bool is_stale(Moment at) const noexcept { return fetched && fresh_for && at > *fetched + *fresh_for; }
};

// A revocation list of one key of an issuer (SMART Health Cards, "Revocation"); rid -> cards from before that moment,
// or all of them.
struct CardRevocations {
  std::uint64_t counter{};
  std::map<std::string, std::optional<Moment>, std::less<>> rids;
};

// A key of an issuer of SMART Health Cards.
struct CardKey {
  std::shared_ptr<const Signer> signer;
  std::uint64_t crl_version{};  // 0: the issuer says nothing of revocations
  std::shared_ptr<const CardRevocations> revocations;
  bool revocations_faulty{};  // there is a list, and it breaks its rules
};

class TrustStore {
 public:
  using SignerRef = std::shared_ptr<const Signer>;

  // The list's number, for Signer::list.
  std::size_t add_list(TrustList list);
  void add_signer(SignerRef signer);
  // `issuer` empty: keys of whoever names them. `kid` as the header of a card has it.
  void add_card_key(std::string_view issuer, std::string_view kid, CardKey key);
  void add_did_key(std::string_view did_url, SignerRef signer);  // "did:web:…#key-1"
  // Of light passes. `issuer` empty: of whoever names it.
  void add_pass_key(std::string_view issuer, SignerRef signer);
  void add_authority(crypto::X509Certificate certificate, std::size_t list);
  // `country` of two letters; empty: of every country.
  void add_revoked_key(BytesView kid, std::string_view country = {});
  void set_revocations(DccRevocations revocations) { revocations_ = std::move(revocations); }

  [[nodiscard]] std::span<const SignerRef> signers(BytesView kid) const;
  [[nodiscard]] const CardKey* card_key(std::string_view issuer, std::string_view kid) const;
  [[nodiscard]] SignerRef did_key(std::string_view did_url) const;
  [[nodiscard]] SignerRef pass_key(std::string_view issuer, BytesView kid) const;
  struct Authority {
    crypto::X509Certificate certificate;
    std::size_t list{};
  };
  [[nodiscard]] const std::vector<Authority>& authorities() const noexcept { return authorities_; }
  [[nodiscard]] const TrustList& list(std::size_t number) const { return lists_.at(number); }
  [[nodiscard]] bool is_stale(std::size_t list, Moment at) const {
    return list < lists_.size() && lists_[list].is_stale(at);
  }
  [[nodiscard]] bool is_revoked(const Signer& signer) const;
  [[nodiscard]] const DccRevocations& revocations() const noexcept { return revocations_; }

  struct Size {
    std::size_t signers{};
    std::size_t card_keys{};
    std::size_t did_keys{};
    std::size_t pass_keys{};
    std::size_t authorities{};
    std::size_t revocations{};
    std::size_t revoked_keys{};
  };
  [[nodiscard]] Size size() const noexcept;

 private:
  std::vector<TrustList> lists_;
  std::unordered_map<std::string, std::vector<SignerRef>> signers_;
  std::unordered_map<std::string, CardKey> card_keys_;  // issuer, a line end, kid
  std::unordered_map<std::string, SignerRef> did_keys_;
  std::unordered_map<std::string, SignerRef> pass_keys_;  // issuer, a line end, kid
  std::vector<Authority> authorities_;
  std::unordered_map<std::string, std::vector<std::string>> revoked_keys_;  // by kid: countries
  DccRevocations revocations_;
};

}  // namespace lindung::cert
