# shellcheck shell=bash
# A Debian 12 folder that is entered by chroot, in namespaces of its own. Source it with skip() defined, then:
#
#   debian_wants kcat ip                # skips what cannot be run here; tools are named beside those always needed
#   debian_make "$folder" "$log"        # the minimal system; status of debootstrap, whose output is in the log
#   debian_enter --net -- "$0" "$@"     # runs it as the first process; what is mounted and started in there ends with it

debian_namespaces=(--mount-proc --pid --fork)

debian_wants() {
  local tool
  [ "$(id -u)" = 0 ] || skip "chroot wants root"
  for tool in debootstrap unshare "$@"; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
  done
  unshare --net "${debian_namespaces[@]}" true 2>/dev/null || skip "no namespaces can be made here"
}

debian_make() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -n 1)
  debootstrap --variant=minbase bookworm "$1" "$mirror" >"$2" 2>&1 || return
  cp /etc/resolv.conf "$1/etc/resolv.conf"
  # What an installer writes, and authorities that this machine trusts beside Debian's, as behind a proxy.
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$1/etc/hosts"
  mkdir -p "$1/usr/local/share/ca-certificates"
  [ ! -e /etc/ssl/certs/ca-certificates.crt ] ||
    awk -v folder="$1/usr/local/share/ca-certificates" '/BEGIN/ { ++n } n { print >(folder "/" n ".crt") }' \
      /etc/ssl/certs/ca-certificates.crt
}

# debian_enter [FLAG-OF-UNSHARE...] -- COMMAND...
debian_enter() {
  local flags=()
  while [ "$1" != -- ]; do
    flags+=("$1")
    shift
  done
  shift
  unshare "${flags[@]}" "${debian_namespaces[@]}" --kill-child "$@"
}
