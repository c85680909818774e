#include "crypto/master_list.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/x509.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/library.h"
#include "crypto/x509_certificate.h"

namespace lindung::crypto {
namespace {

using MessageOwner = std::unique_ptr<CMS_ContentInfo, Released<CMS_ContentInfo_free>>;
using BioOwner = std::unique_ptr<BIO, Released<BIO_free_all>>;

struct Element {
  int tag{};
  BytesView content;
  BytesView whole;
};

// The DER element at the front of `in`, which then begins behind it.
Result<Element> take_element(BytesView& in) {
  const auto* at = in.data();
  long length = 0;
  int tag = 0;
  int kind = 0;
  const int outcome = ASN1_get_object(&at, &length, &tag, &kind, static_cast<long>(in.size()));
  if ((outcome & 0x80) != 0 || (outcome & 1) != 0) return fail(Errc::malformed, "bad DER in a master list");
  const auto head = static_cast<std::size_t>(at - in.data());
  const auto size = static_cast<std::size_t>(length);
  const Element out{.tag = tag, .content = in.subspan(head, size), .whole = in.first(head + size)};
  in = in.subspan(head + size);
  return out;
}

// CscaMasterList ::= SEQUENCE { version INTEGER, certList SET OF Certificate }
Result<std::vector<X509Certificate>> read_list(BytesView der) {
  TRY(sequence, take_element(der));
  if (sequence.tag != V_ASN1_SEQUENCE || !der.empty()) return fail(Errc::malformed, "no master list in the message");
  auto rest = sequence.content;
  TRY(version, take_element(rest));
  TRY(set, take_element(rest));
  if (version.tag != V_ASN1_INTEGER || set.tag != V_ASN1_SET || !rest.empty()) {
    return fail(Errc::malformed, "no master list in the message");
  }
  std::vector<X509Certificate> out;
  for (auto left = set.content; !left.empty();) {
    TRY(element, take_element(left));
    TRY(certificate, X509Certificate::from_der(element.whole));
    out.push_back(std::move(certificate));
  }
  return out;
}

}  // namespace

Result<std::vector<X509Certificate>> certificates_of_master_list(BytesView cms) {
  const QuietErrors quiet;
  if (cms.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return fail(Errc::malformed, "too long");
  const auto* at = cms.data();
  const MessageOwner message{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(cms.size()))};
  if (message == nullptr || at != cms.data() + cms.size()) return fail(Errc::malformed, "not a CMS message");
  const BioOwner content{BIO_new(BIO_s_mem())};
  require(content != nullptr, "BIO_new");
  if (CMS_verify(message.get(), nullptr, nullptr, nullptr, content.get(), CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) !=
      1) {
    return fail(Errc::bad_signature, "the master list's signature does not hold");
  }
  unsigned char* data = nullptr;
  const long size = BIO_get_mem_data(content.get(), &data);
  return read_list({data, static_cast<std::size_t>(size)});
}

}  // namespace lindung::crypto
