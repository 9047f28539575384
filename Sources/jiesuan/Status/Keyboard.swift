import Glibc

/// The keys of a terminal, read one by one while something is drawn there; where there is no terminal there are none.
final class Keyboard {
    /// Whether both input and output are a terminal.
    let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    private var saved: termios?

    /// From now on keys are read at once and not shown.
    init() {
        guard isTerminal else { return }
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        saved = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        print("\u{1B}[2J", terminator: "")
    }

    /// Gives the terminal back as it was.
    func giveBack() {
        guard var settings = saved else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        saved = nil
        print("")
    }

    /// Waits so long; true: q was pressed, or the terminal is gone.
    func waitForQuit(seconds: Double) -> Bool {
        guard isTerminal else {
            usleep(UInt32(seconds * 1_000_000))
            return false
        }
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, Int32(seconds * 1_000)) > 0 else { return false }
        var key: UInt8 = 0
        guard read(STDIN_FILENO, &key, 1) == 1 else { return true }
        return key == UInt8(ascii: "q") || key == UInt8(ascii: "Q")
    }
}
