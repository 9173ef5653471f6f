//! Whose process is at the other end of a connection. The Runtime API has no credentials: on Lambda
//! nobody else is on the machine. Here others may be, and Linux tells the user of each connection in
//! `/proc/net/tcp`.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

/// Clients with an IPv4 socket, and those with an IPv6 one.
const TABLES: [&str; 2] = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

/// Whether the system tells whose a connection is. macOS does not.
pub(super) async fn is_told() -> bool {
    tokio::fs::read(TABLES[0]).await.is_ok()
}

/// Whose a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A process of the user that this process runs as.
    Own,
    Other,
    /// Its process has closed it, or ended, before anybody could look. What it has sent is there.
    Gone,
}

impl Peer {
    /// Who is at the client's end.
    pub(super) async fn of(client: SocketAddr, server: SocketAddr) -> Self {
        let (SocketAddr::V4(client), SocketAddr::V4(server)) = (client, server) else {
            return Self::Other;
        };
        let own = rustix::process::geteuid().as_raw();
        for table in TABLES {
            // Without IPv6 the second is not there.
            let sockets = tokio::fs::read_to_string(table).await.unwrap_or_default();
            if let Some(owner) = owner(&sockets, client, server) {
                return if owner == own { Self::Own } else { Self::Other };
            }
        }
        Self::Gone
    }
}

/// The user of the socket that leads from `client` to `server`, by the text of `/proc/net/tcp`. The
/// kernel shows a socket that its process has closed as user 0's, without an inode: it is nobody's.
fn owner(sockets: &str, client: SocketAddrV4, server: SocketAddrV4) -> Option<u32> {
    let ends = [[client, server].map(plain), [client, server].map(mapped)];
    sockets.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (local, remote) = (fields.next()?, fields.next()?);
        if !ends.iter().any(|end| end[0] == local && end[1] == remote) {
            return None;
        }
        // After the state, the queues, the timer and the retransmits.
        let owner = fields.nth(4)?.parse().ok()?;
        let inode: u64 = fields.nth(1)?.parse().ok()?;
        (inode != 0).then_some(owner)
    })
}

/// `0100007F:1F90`: the address as the machine's own number, the port as everybody's.
fn plain(address: SocketAddrV4) -> String {
    format!("{:08X}:{:04X}", kernels(*address.ip()), address.port())
}

/// The same within an IPv6 address, `::ffff:127.0.0.1`.
fn mapped(address: SocketAddrV4) -> String {
    let prefix = u32::from_ne_bytes([0, 0, 0xFF, 0xFF]);
    format!("{:016X}{prefix:08X}{}", 0, plain(address))
}

fn kernels(ip: Ipv4Addr) -> u32 {
    u32::from_ne_bytes(ip.octets())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_endian = "little")]
    const TCP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2382 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:D431 0100007F:2382 01 00000000:00000000 00:00000000 00000000   501        0 4713 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:D432 0100007F:2382 05 00000000:00000000 03:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1
";
    #[cfg(target_endian = "little")]
    const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:D433 0000000000000000FFFF00000100007F:2382 01 00000000:00000000 00:00000000 00000000   502        0 4714 1 0000000000000000 20 4 30 10 -1
";

    fn at(port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_connection_belongs_to_the_user_of_its_clients_socket() {
        assert_eq!(owner(TCP, at(0xD431), at(0x2382)), Some(501));
        assert_eq!(owner(TCP6, at(0xD433), at(0x2382)), Some(502));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_socket_that_is_closed_already_is_nobodys() {
        assert_eq!(owner(TCP, at(0xD432), at(0x2382)), None);
        assert_eq!(owner(TCP, at(0xD431), at(0x2383)), None);
        assert_eq!(owner("", at(0xD431), at(0x2382)), None);
    }

    #[tokio::test]
    async fn a_connection_of_our_own_is_known_until_it_is_closed() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let client = tokio::net::TcpStream::connect(server).await.unwrap();
        let (_accepted, from) = listener.accept().await.unwrap();

        assert_eq!(Peer::of(from, server).await, Peer::Own);
        drop(client);
        assert_eq!(Peer::of(from, server).await, Peer::Gone);
    }
}
