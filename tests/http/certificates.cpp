#include "http/certificates.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace lindung::http::test {

namespace {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using File = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

void need(bool well, const char* what) {
  if (!well) throw std::runtime_error(what);
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  need(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

Certificate unsigned_certificate(EVP_PKEY* key, const std::string& common_name) {
  Certificate certificate{X509_new()};
  X509_set_version(certificate.get(), 2);
  static int serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  auto* const subject = X509_get_subject_name(certificate.get());
  const auto add = [&](const char* type, const std::string& value) {
    need(X509_NAME_add_entry_by_txt(subject, type, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()),
                                    -1, -1, 0) == 1,
         type);
  };
  add("O", "Lindung test");
  add("CN", common_name);
  return certificate;
}

void write(const std::string& path, const Certificate& certificate) {
  const File file{BIO_new_file(path.c_str(), "w")};
  need(file && PEM_write_bio_X509(file.get(), certificate.get()) == 1, path.c_str());
}

void write(const std::string& path, const Key& key) {
  const File file{BIO_new_file(path.c_str(), "w")};
  need(file && PEM_write_bio_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
       path.c_str());
}

}  // namespace

Authority::Authority(const std::filesystem::path& folder, const std::string& name) : folder_{folder}, name_{name} {
  const Key own{EVP_EC_gen("P-256")};
  const auto root = unsigned_certificate(own.get(), name);
  X509_set_issuer_name(root.get(), X509_get_subject_name(root.get()));
  extend(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE");
  need(X509_sign(root.get(), own.get(), EVP_sha256()) > 0, "signing");
  write(certificate(name), root);
  write(key(name), own);
}

void Authority::issue(const std::string& name, const std::string& common_name) const {
  const File root_file{BIO_new_file(certificate(name_).c_str(), "r")};
  const File key_file{BIO_new_file(key(name_).c_str(), "r")};
  const Certificate root{PEM_read_bio_X509(root_file.get(), nullptr, nullptr, nullptr)};
  const Key root_key{PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr)};
  need(root && root_key, "reading the authority");
  const Key own{EVP_EC_gen("P-256")};
  const auto leaf = unsigned_certificate(own.get(), common_name);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(root.get()));
  extend(leaf.get(), root.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  need(X509_sign(leaf.get(), root_key.get(), EVP_sha256()) > 0, "signing");
  write(certificate(name), leaf);
  write(key(name), own);
}

}  // namespace lindung::http::test
