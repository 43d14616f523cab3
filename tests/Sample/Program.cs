using System.Runtime.InteropServices;
using Ledger;

// Ledger <connection string>: eight writers fill the ledger until stdin is closed or SIGTERM comes.
// Says on stdout, as JSON lines, what was acknowledged and what failed.
var connectionString = args[0];

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
new Thread(() =>
{
    Console.In.ReadToEnd();
    stop.Cancel();
}) { IsBackground = true }.Start();

new LedgerTable(connectionString).Create();
ILedger[] ledgers = [new DirectLedger(connectionString), new LedgerRepository(connectionString), new BatchLedger(connectionString)];

var journal = new Journal();
var telling = journal.TellAsync(Console.Out, stop.Token);
await Task.WhenAll(Enumerable.Range(0, 8).Select(number => new Writer(number, ledgers[number % ledgers.Length], journal).RunAsync(stop.Token)));
await telling;
journal.TellTotal(Console.Out);
