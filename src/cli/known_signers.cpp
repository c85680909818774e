#include "cli/known_signers.h"

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/signer.h"
#include "codec/base_n.h"
#include "crypto/x509_certificate.h"

namespace lindung::cli {
namespace {

std::shared_ptr<const cert::Signer> read(const std::string& base64) {
  const auto der = codec::from_base64(base64);
  const auto certificate = crypto::X509Certificate::from_der(der ? BytesView{der.value()} : BytesView{});
  if (!certificate) return nullptr;
  auto signer = cert::signer_of(certificate.value());
  return signer ? std::make_shared<const cert::Signer>(std::move(signer.value())) : nullptr;
}

}  // namespace

std::shared_ptr<const cert::Signer> KnownSigners::of(const std::string& base64) {
  {
    const std::shared_lock lock{mutex_};
    if (const auto found = signers_.find(base64); found != signers_.end()) return found->second;
  }
  auto made = read(base64);
  const std::unique_lock lock{mutex_};
  if (signers_.size() >= most) signers_.clear();
  return signers_.emplace(base64, std::move(made)).first->second;
}

}  // namespace lindung::cli
