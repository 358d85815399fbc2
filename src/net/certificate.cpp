#include "net/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>

#include "net/descriptor.h"

namespace berth::net {
namespace {

template <auto Free>
struct Freer {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr long kTenYears = 3650L * 24 * 60 * 60;

void must(bool worked, const char* what) {
  if (!worked) throw std::runtime_error(fmt::format("OpenSSL could not {}", what));
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  must(key != nullptr, "make a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

void set_random_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_new());
  must(number && BN_rand(number.get(), 126, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
       "make a serial number");
}

Certificate make_certificate(EVP_PKEY* key, const std::string& name) {
  Certificate certificate(X509_new());
  must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "make a certificate");
  set_random_serial(certificate.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60 * 60);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kTenYears);
  auto* subject = X509_get_subject_name(certificate.get());
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()),
                                  -1, -1, 0) == 1 &&
           X509_set_pubkey(certificate.get(), key) == 1,
       "fill a certificate");
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "name the issuer");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "sign a certificate");
}

Certificate make_authority(EVP_PKEY* key) {
  // The key id tells the authorities of two installations apart in a client's list.
  auto authority = make_certificate(key, "Berth local authority");
  add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  sign(authority.get(), authority.get(), key);
  return authority;
}

bool is_address(const std::string& name) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, name.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

// What may stand in a configuration text for OpenSSL, where ',' begins the next name.
bool is_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_'; });
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || !is_dns_name(name.data())) return "localhost";
  return name.data();
}

Result<std::string> alternative_names(const std::vector<std::string>& wanted) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1", host_name()};
  names.insert(names.end(), wanted.begin(), wanted.end());
  std::set<std::string> seen;
  std::string out;
  for (const auto& name : names) {
    if (!is_address(name) && !is_dns_name(name))
      return fail(Fault::kInvalid, fmt::format("\"{}\" is no name for a certificate", name));
    if (!seen.insert(name).second) continue;
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", is_address(name) ? "IP" : "DNS", name);
  }
  return out;
}

std::string to_pem(auto write) {
  const Bio memory(BIO_new(BIO_s_mem()));
  must(memory && write(memory.get()) == 1, "write PEM");
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  return to_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

// Whole or not at all, and on disk.
void write_file(const std::filesystem::path& path, std::string_view text, mode_t mode) {
  const auto temporary = path.string() + ".new";
  const auto check = [&](bool worked) {
    if (!worked) throw std::system_error(errno, std::generic_category(), temporary);
  };
  ::unlink(temporary.c_str());
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  check(file.get() >= 0);
  check(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  check(::fsync(file.get()) == 0);
  check(::rename(temporary.c_str(), path.c_str()) == 0);
}

void make_files(const CertificateFiles& files, const std::string& names) {
  const auto authority_key = make_key();
  const auto authority = make_authority(authority_key.get());
  const auto key = make_key();
  const auto server = make_certificate(key.get(), host_name());
  add_extension(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), authority.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), authority.get(), NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), authority.get(), NID_subject_alt_name, names);
  sign(server.get(), authority.get(), authority_key.get());
  write_file(files.tls.key_file, to_pem([&](BIO* out) {
               return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
             }),
             0600);
  write_file(files.authority, pem_of(authority.get()), 0644);
  // Last: where tls.crt stands, the others do too.
  write_file(files.tls.cert_file, pem_of(server.get()) + pem_of(authority.get()), 0644);
}

}  // namespace

Result<CertificateFiles> ensure_certificate(const std::filesystem::path& directory,
                                            const std::vector<std::string>& names) {
  CertificateFiles files{directory / "ca.crt", {directory / "tls.crt", directory / "tls.key"}};
  if (std::filesystem::exists(files.tls.cert_file)) {
    if (!std::filesystem::exists(files.tls.key_file))
      return fail(Fault::kInvalid,
                  fmt::format("{} is there, but its key {} is not", files.tls.cert_file, files.tls.key_file));
    return files;
  }
  const auto all_names = alternative_names(names);
  if (!all_names) return std::unexpected(all_names.error());
  std::filesystem::create_directories(directory);
  make_files(files, *all_names);
  return files;
}

}  // namespace berth::net
