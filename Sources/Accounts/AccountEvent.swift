import Records
import Registry
import Settlement

/// An event of one account as kept in the journal; a settlement's uses are part of the settlement.
///
/// Besides the movement it has the results computed when it was recorded, so that a replay can be checked.
package struct AccountEvent: Equatable, Sendable {
    /// Number of the account's owner.
    package var owner: UInt64
    package var movement: AccountMovement
    /// Change of the balance, in fen: 0 or more for a credit, else 0 or less.
    package var amount: Fen
    /// The balance afterwards.
    package var balance: Fen
    /// Position of the account's previous entry; 0: none.
    package var previous: UInt64
    /// The request that caused the event; only on the account that the request names.
    package var request: AccountRequest?

    package init(
        owner: UInt64, _ movement: AccountMovement, amount: Fen, balance: Fen, previous: UInt64,
        request: AccountRequest? = nil
    ) {
        self.owner = owner
        self.movement = movement
        self.amount = amount
        self.balance = balance
        self.previous = previous
        self.request = request
    }
}

extension AccountEvent {
    /// Leading byte: the version of this encoding.
    private static var version: UInt8 { 1 }

    package func encode(to writer: inout ByteWriter) {
        writer.byte(Self.version)
        writer.number(owner)
        writer.signed(amount)
        writer.signed(balance)
        writer.number(previous)
        writer.flag(request != nil)
        if let request {
            writer.text(request.id)
            writer.fixed64(request.digest)
        }
        movement.encode(to: &writer)
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == Self.version else { throw DamagedBytes() }
        owner = try reader.number()
        amount = try reader.signed()
        balance = try reader.signed()
        previous = try reader.number()
        if try reader.flag() {
            let id = try reader.shortText()
            request = AccountRequest(id: id, digest: try reader.fixed64())
        }
        movement = try AccountMovement(from: &reader)
        guard movement.isCredit ? amount >= 0 : amount <= 0, amount.magnitude <= UInt64(AccountLimit.balanceMax) else {
            throw DamagedBytes()
        }
    }
}
